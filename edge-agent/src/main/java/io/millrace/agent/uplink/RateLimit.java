package io.millrace.agent.uplink;

/** A token bucket that holds a tenth of a second's worth. Pure: time is passed in. */
final class RateLimit {
    private static final double SECONDS_MAX = 0.1;

    private final double perNano;
    private final double most;
    private double tokens;
    private long filledAtNanos;

    RateLimit(long perSecond, long nowNanos) {
        perNano = perSecond / 1e9;
        most = Math.max(1, perSecond * SECONDS_MAX);
        tokens = most;
        filledAtNanos = nowNanos;
    }

    /** Whether something may go; how much it was is told afterwards, and is made up for. */
    boolean isFree(long nowNanos) {
        tokens = Math.min(most, tokens + (nowNanos - filledAtNanos) * perNano);
        filledAtNanos = nowNanos;
        return tokens > 0;
    }

    void spend(long n) {
        tokens -= n;
    }
}
