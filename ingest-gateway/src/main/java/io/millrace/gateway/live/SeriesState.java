package io.millrace.gateway.live;

import io.millrace.model.Value;
import io.millrace.model.ValueType;
import io.millrace.store.derive.LatestValue;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * A series with its last value by event time, as JSON shows it.
 *
 * @param id {@code site/agent/device+metric}
 * @param type number, integer, boolean or text
 * @param value a JSON number, boolean or string
 * @param quality good, uncertain or bad
 * @param ts event time
 */
public record SeriesState(
        String id,
        String site,
        String agent,
        String device,
        String metric,
        String unit,
        String type,
        Object value,
        String quality,
        Instant ts) {
    public static SeriesState of(LatestValue latest) {
        SeriesId id = SeriesId.of(latest);
        return new SeriesState(
                id.toString(),
                id.site(),
                id.agent(),
                id.device(),
                id.metric(),
                latest.series().unit(),
                type(latest.value()).name().toLowerCase(Locale.ROOT),
                json(latest.value()),
                latest.quality().name().toLowerCase(Locale.ROOT),
                Instant.EPOCH.plus(latest.timeMicros(), ChronoUnit.MICROS));
    }

    private static ValueType type(Value value) {
        return switch (value) {
            case Value.Numeric _ -> ValueType.NUMBER;
            case Value.Whole _ -> ValueType.INTEGER;
            case Value.Bool _ -> ValueType.BOOLEAN;
            case Value.Text _ -> ValueType.TEXT;
        };
    }

    private static Object json(Value value) {
        return switch (value) {
            case Value.Numeric(double number) -> number;
            case Value.Whole(long number) -> number;
            case Value.Bool(boolean on) -> on;
            case Value.Text(String text) -> text;
        };
    }
}
