package io.millrace.gateway.live;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.io.IOException;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A point in JSON: {@code [1764000000000.123, 21.5]}, milliseconds since 1970 and the value.
 *
 * @param micros event time, microseconds since 1970
 */
@JsonSerialize(using = TimedValue.AsArray.class)
@Schema(type = SchemaType.ARRAY, implementation = double.class, description = "[milliseconds since 1970, value]")
public record TimedValue(long micros, double value) {
    private static final int MILLIS_SCALE = 3;

    public static TimedValue of(Decimation.Point point) {
        return new TimedValue(point.micros(), point.value());
    }

    static final class AsArray extends JsonSerializer<TimedValue> {
        @Override
        public void serialize(TimedValue point, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeStartArray();
            json.writeNumber(BigDecimal.valueOf(point.micros(), MILLIS_SCALE).toPlainString());
            json.writeNumber(point.value());
            json.writeEndArray();
        }
    }
}
