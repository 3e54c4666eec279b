package io.millrace.simulator.fleet;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.model.Value;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * Writes readings as plain devices send them: {@code {"value":21.5,"ts":"2026-01-01T00:00:00.000000Z","unit":"°C"}}.
 * Not thread-safe: remembers the second it wrote last.
 */
final class PlainJson {
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final long SECOND_MICROS = 1_000_000;

    private long second = Long.MIN_VALUE;
    private String secondText = "";

    /** The whole reading. */
    void reading(StringBuilder out, Value value, long timeMicros, String unit) {
        out.append("{\"value\":");
        value(out, value);
        out.append(",\"ts\":\"");
        time(out, timeMicros);
        out.append('"');
        if (!unit.isEmpty()) {
            out.append(",\"unit\":\"");
            text(out, unit);
            out.append('"');
        }
        out.append('}');
    }

    /** A number, {@code true}, {@code false} or a text in quotes. */
    void value(StringBuilder out, Value value) {
        switch (value) {
            case Value.Numeric(double number) -> out.append(number);
            case Value.Whole(long number) -> out.append(number);
            case Value.Bool(boolean on) -> out.append(on);
            case Value.Text(String text) -> {
                out.append('"');
                text(out, text);
                out.append('"');
            }
        }
    }

    /** RFC 3339, without quotes. */
    void time(StringBuilder out, long timeMicros) {
        long seconds = Math.floorDiv(timeMicros, SECOND_MICROS);
        if (seconds != second) {
            second = seconds;
            secondText = SECOND.format(Instant.EPOCH.plus(seconds, ChronoUnit.SECONDS));
        }
        long micros = Math.floorMod(timeMicros, SECOND_MICROS);
        out.append(secondText).append('.');
        for (long digit = SECOND_MICROS / 10; digit > 0; digit /= 10) {
            out.append((char) ('0' + micros / digit % 10));
        }
        out.append('Z');
    }

    /** Escaped, without quotes. */
    void text(StringBuilder out, String text) {
        JsonStringEncoder.getInstance().quoteAsString(text, out);
    }
}
