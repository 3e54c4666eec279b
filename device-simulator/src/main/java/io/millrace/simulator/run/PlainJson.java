package io.millrace.simulator.run;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.model.Value;
import java.nio.charset.StandardCharsets;
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

    private final StringBuilder out = new StringBuilder();
    private long second = Long.MIN_VALUE;
    private String secondText = "";

    byte[] encode(Value value, long timeMicros, String unit) {
        out.setLength(0);
        out.append("{\"value\":");
        switch (value) {
            case Value.Numeric(double number) -> out.append(number);
            case Value.Whole(long number) -> out.append(number);
            case Value.Bool(boolean on) -> out.append(on);
            case Value.Text(String text) -> quoted(text);
        }
        out.append(",\"ts\":\"");
        time(timeMicros);
        out.append('"');
        if (!unit.isEmpty()) {
            out.append(",\"unit\":");
            quoted(unit);
        }
        return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    private void time(long timeMicros) {
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

    private void quoted(String text) {
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        out.append('"');
    }
}
