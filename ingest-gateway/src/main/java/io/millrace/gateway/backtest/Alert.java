package io.millrace.gateway.backtest;

/**
 * An alert from raised to cleared.
 *
 * @param raisedMicros event time, microseconds since 1970
 * @param clearedMicros {@link #OPEN} if it was not cleared
 * @param value what was compared with {@code limit}
 * @param text both in words
 * @param retroactive from backfill or a correction, and not confirmed by the present: pages nobody
 */
public record Alert(
        Watched watched,
        String severity,
        long raisedMicros,
        long clearedMicros,
        double value,
        double limit,
        String text,
        boolean retroactive) {
    /** Stands for the time of clearing of an alert that is open. */
    public static final long OPEN = Long.MAX_VALUE;

    /** A rule on a series. */
    public record Watched(String rule, String site, String agent, String device, String metric) {}

    public boolean isOpen() {
        return clearedMicros == OPEN;
    }

    Alert cleared(long atMicros) {
        return new Alert(watched, severity, raisedMicros, atMicros, value, limit, text, retroactive);
    }

    Alert confirmed() {
        return new Alert(watched, severity, raisedMicros, clearedMicros, value, limit, text, false);
    }

    /** For how long it was open within the time, in microseconds. */
    public long micros(long fromMicros, long toMicros) {
        return Math.max(0, Math.min(clearedMicros, toMicros) - Math.max(raisedMicros, fromMicros));
    }

    /** Whether there is a time at which both are open, or both were raised at the same. */
    boolean overlaps(Alert other) {
        return raisedMicros == other.raisedMicros
                || (raisedMicros < other.clearedMicros && other.raisedMicros < clearedMicros);
    }
}
