package io.millrace.gateway.commit;

import java.time.Duration;

/**
 * How long the log rests between two commits. What a commit costs, here and when it is applied to the table, hardly
 * depends on how much is in it; so where many messages come, a slow disk or a busy machine is given fewer and larger ones.
 * Where few come, nothing is gained by waiting.
 */
final class CommitRest {
    /** From so many messages in a commit on, the rest depends on how long it took. */
    static final int MESSAGES_MANY = 10;

    /** The rest is so many times the commit. */
    static final int FACTOR = 2;

    /** Longest such rest; senders wait for it too. */
    static final Duration MAX = Duration.ofMillis(20);

    private CommitRest() {}

    /**
     * @param least the rest after a commit of few messages, and the least of all
     * @param messages how many were in the last commit
     * @param commitNanos how long it took
     */
    static long nanos(Duration least, int messages, long commitNanos) {
        if (messages < MESSAGES_MANY) {
            return least.toNanos();
        }
        return Math.max(least.toNanos(), Math.min(FACTOR * commitNanos, MAX.toNanos()));
    }
}
