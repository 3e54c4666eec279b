package io.millrace.gateway.commit;

import java.time.Duration;

/**
 * How long the log rests between two commits. What a commit costs, here and when it is applied to the table, hardly
 * depends on how much is in it; so where many agents send a little each, a slow disk or a busy machine is given fewer and
 * larger ones. A few agents fill each commit anyway, and would only be held up by the windows they keep to.
 */
final class CommitRest {
    /** From so many agents' lanes, or plain devices, in a commit on, the rest depends on how long it took. */
    static final int LANES_MANY = 10;

    /** The rest is so many times the commit. */
    static final int FACTOR = 2;

    /** Longest such rest; senders wait for it too. */
    static final Duration MAX = Duration.ofMillis(20);

    /** Longest rest while read models are behind; the tick is not to wait longer. */
    static final Duration BEHIND_MAX = Duration.ofMillis(500);

    private CommitRest() {}

    /**
     * @param least the rest after a commit for few lanes, and the least of all
     * @param lanes of how many lanes or plain devices the last commit had messages
     * @param commitNanos how long it took
     */
    static long nanos(Duration least, int lanes, long commitNanos) {
        if (lanes < LANES_MANY) {
            return least.toNanos();
        }
        return Math.max(least.toNanos(), Math.min(FACTOR * commitNanos, MAX.toNanos()));
    }

    /**
     * @param part of the time that the read models need to catch up, from 0 to below 1
     * @param workNanos how long it took to admit, commit and answer
     */
    static long behindNanos(double part, long workNanos) {
        return Math.min((long) (workNanos * part / (1 - part)), BEHIND_MAX.toNanos());
    }
}
