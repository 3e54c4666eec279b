package io.millrace.cli.api;

import java.time.Duration;

/**
 * How fast a replay goes.
 *
 * @param factor event time per time that passes, above 0; infinite for as fast as it can be printed
 */
public record Speed(double factor) {
    public Speed {
        if (!(factor > 0)) {
            throw wrong(Double.toString(factor));
        }
    }

    /** Reads {@code max}, {@code 10} or {@code 10x}. */
    public static Speed parse(String text) {
        if (text.equals("max")) {
            return new Speed(Double.POSITIVE_INFINITY);
        }
        try {
            return new Speed(Double.parseDouble(text.endsWith("x") ? text.substring(0, text.length() - 1) : text));
        } catch (NumberFormatException e) {
            throw wrong(text);
        }
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("'%s' is no speed, expected a number above 0 or max".formatted(text));
    }

    /** How long after the first event one is due that happened this much later. */
    Duration due(Duration later) {
        return Duration.ofNanos((long) (later.toNanos() / factor));
    }
}
