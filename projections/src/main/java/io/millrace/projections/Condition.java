package io.millrace.projections;

/** When a rule is broken. */
public sealed interface Condition {
    /**
     * A value beyond a limit, for some time.
     *
     * @param side which side of the limit is bad
     * @param limit finite; a value on it is still good
     * @param clear the value that ends a raised alert, on the good side of the limit or on it (hysteresis); finite
     * @param forMicros how long in event time the values must stay bad before the alert is raised, 0 to 366 days
     */
    record Threshold(Side side, double limit, double clear, long forMicros) implements Condition {
        public Threshold {
            if (!Double.isFinite(limit) || !Double.isFinite(clear)) {
                throw new IllegalArgumentException(
                        "%s is %s and clear %s, expected numbers".formatted(side.label(), limit, clear));
            }
            if (side.isBad(clear, limit)) {
                throw new IllegalArgumentException("clear is %s, expected %s or %s than %s, the limit of %s"
                        .formatted(clear, limit, side == Side.ABOVE ? "less" : "more", limit, side.label()));
            }
            checkSpan("for", forMicros, 0);
        }

        boolean isBad(double value) {
            return side.isBad(value, limit);
        }

        boolean isClear(double value) {
            return !side.isBad(value, clear);
        }
    }

    /**
     * No reading of a series that was seen before, whatever its time or quality.
     *
     * @param silenceMicros a second to 366 days of time in which the gateway was receiving
     */
    record NoData(long silenceMicros) implements Condition {
        public NoData {
            checkSpan("no-data", silenceMicros, 1_000_000L);
        }
    }

    /** The broker said that an agent is gone, which did not say so itself. */
    record Offline() implements Condition {}

    /** Which side of a limit is bad. */
    enum Side {
        ABOVE,
        BELOW;

        /** As {@code rules.yaml} writes it. */
        public String label() {
            return this == ABOVE ? "above" : "below";
        }

        boolean isBad(double value, double limit) {
            return this == ABOVE ? value > limit : value < limit;
        }
    }

    private static void checkSpan(String key, long micros, long min) {
        if (micros < min || micros > WindowSpec.SIZE_MICROS_MAX) {
            throw new IllegalArgumentException(
                    "%s is %s, expected %s to 366d".formatted(key, Words.span(micros), Words.span(min)));
        }
    }
}
