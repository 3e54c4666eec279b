package io.millrace.agent.uplink;

/**
 * How a backlog is shipped beside live events, lane by lane.
 *
 * @param policy what goes first
 * @param ratio of {@link Policy#INTERLEAVE}: messages of the backlog for each live one while both wait, 1 to
 *     {@value #RATIO_MAX}; of the others 1
 * @param eventsPerSecondMax cap of what goes out of the backlogs of all lanes, 1 or more
 * @param bytesPerSecondMax cap of it in bytes of messages before MQTT's header, 1 000 or more
 */
public record Backfill(Policy policy, int ratio, long eventsPerSecondMax, long bytesPerSecondMax) {
    public static final int RATIO_MAX = 100;
    public static final long BYTES_PER_SECOND_MIN = 1_000;

    /** What goes first. */
    public enum Policy {
        /** Fresh events go at once, the backlog drains beside them, oldest first, in what the link has left. */
        LIVE_FIRST,
        /** All goes in the order in which it came: fresh events wait until the backlog is sent. */
        HISTORY_FIRST,
        /** Both get their share of the link, whatever it carries. */
        INTERLEAVE,
        /** As live first, but the backlog drains from its newest file, of up to 8 MiB, back to its oldest. */
        NEWEST_FIRST
    }

    public Backfill {
        check(
                ratio == 1 || (policy == Policy.INTERLEAVE && ratio >= 1 && ratio <= RATIO_MAX),
                "ratio",
                ratio,
                "1 to %d, and 1 unless the policy is interleave".formatted(RATIO_MAX));
        check(eventsPerSecondMax >= 1, "max-events-per-second", eventsPerSecondMax, "1 or more");
        check(
                bytesPerSecondMax >= BYTES_PER_SECOND_MIN,
                "max-bytes-per-second",
                bytesPerSecondMax,
                BYTES_PER_SECOND_MIN + " or more");
    }

    public static Backfill liveFirst(long eventsPerSecondMax) {
        return new Backfill(Policy.LIVE_FIRST, 1, eventsPerSecondMax, Long.MAX_VALUE);
    }

    /** The part of the messages under way that the backlog may have while live events may come at any time. */
    double windowShare() {
        return switch (policy) {
            case LIVE_FIRST, NEWEST_FIRST -> 0.5;
            case HISTORY_FIRST -> 1;
            case INTERLEAVE -> ratio / (ratio + 1.0);
        };
    }

    private static void check(boolean ok, String key, Object value, String rule) {
        if (!ok) {
            throw new IllegalArgumentException("backfill.%s is %s, expected %s".formatted(key, value, rule));
        }
    }
}
