package io.millrace.gateway.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes events as {@code replay} shows them: one object each, epochs as strings. */
final class EventJson {
    private static final JsonFactory JSON = new JsonFactory();

    private EventJson() {}

    /** One object with all of a page. */
    static void writePage(List<EventRow> rows, @Nullable String next, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("events");
            for (EventRow row : rows) {
                write(row, json);
            }
            json.writeEndArray();
            json.writeStringField("next", next);
            json.writeEndObject();
        }
    }

    /** One line each. */
    static void writeLines(List<EventRow> rows, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.setRootValueSeparator(null);
            for (EventRow row : rows) {
                write(row, json);
                json.writeRaw('\n');
            }
        }
    }

    private static void write(EventRow row, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField(
                "ts", Instant.EPOCH.plus(row.micros(), ChronoUnit.MICROS).toString());
        json.writeStringField("site", row.site());
        json.writeStringField("agent", row.agent());
        json.writeStringField("device", row.device());
        json.writeStringField("metric", row.metric());
        json.writeFieldName("value");
        writeValue(row, json);
        json.writeStringField("unit", row.unit());
        json.writeStringField("quality", row.quality().name().toLowerCase(Locale.ROOT));
        json.writeStringField("lane", row.lane());
        json.writeStringField("epoch", Long.toString(row.epoch()));
        json.writeNumberField("seq", row.sequence());
        json.writeEndObject();
    }

    private static void writeValue(EventRow row, JsonGenerator json) throws IOException {
        switch (row.type()) {
            case NUMBER -> json.writeNumber(row.value());
            case BOOLEAN -> json.writeBoolean(row.value() != 0);
            case TEXT -> json.writeString(row.text());
            case INTEGER -> {
                if (row.text() == null) {
                    json.writeNumber((long) row.value());
                } else {
                    json.writeNumber(row.text());
                }
            }
        }
    }
}
