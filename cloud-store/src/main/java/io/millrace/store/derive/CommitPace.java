package io.millrace.store.derive;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * When rows are committed to their tables: soon, and not so often that applying them is all that the store does. Each
 * application rewrites the end of a table, as far back as the oldest row that it brings, and flushes it; so under load
 * fewer and larger ones leave the disk and the processors to the log.
 *
 * <p>Where many agents send, what comes later is often older than what is there already. So rows that are later than the
 * commit before are held back for one commit more, and commits are as far apart as events come late: most of them begin
 * where the one before has ended, and applying them rewrites nothing.
 *
 * <p>Where a fleet catches up, old rows come among the new. Committed as soon as else, each second's rows would have many
 * seconds' rows rewritten, more would become late than can be applied, and it would never end. So they wait as long as
 * they reach back, as far as applying takes that long. Instants are nanoseconds of a monotonic clock.
 */
final class CommitPace {
    /** Rows wait at least this long for company… */
    static final long WAIT_MIN = TimeUnit.MILLISECONDS.toNanos(100);

    /** … and then until those before them are applied, and so many times as long as that took, … */
    static final int APPLY_TIMES = 3;

    /** … but not longer than this (while rows are held back, than events come late), … */
    static final long WAIT_MAX = TimeUnit.SECONDS.toNanos(1);

    /** … nor are there more rows than this (twice as many, those that are held back among them), … */
    static final long ROWS_MAX = 500_000;

    /** … unless they reach back further: then so many times both, at most. */
    static final long LATE_TIMES_MAX = 4;

    /** With fewer rows, none are held back: they are seen sooner. */
    static final long HOLD_ROWS_MIN = 1_000;

    /** Events that come later than this are not waited for. */
    private static final long LATE_MICROS_MAX = 1_500_000;

    /** One part in so many of how late events came is forgotten with each commit. */
    private static final int LATE_FORGOTTEN_PART = 8;

    /** At most one part in so many of the time goes into applying rows that reach back. */
    private static final int LATE_APPLY_PART = 2;

    private long pendingSince;
    private long pendingFromMicros = Long.MAX_VALUE;
    private long pendingToMicros = Long.MIN_VALUE;
    private long committedToMicros = Long.MIN_VALUE;
    private long loggedMicros = Long.MIN_VALUE;

    /** Rows later than this are held back at the next commit. */
    private long upToMicros = Long.MAX_VALUE;

    private long lateMicros;
    private boolean applying;
    private long applyingSince;
    private long applyNanos;

    /** The first row begins to wait; {@code isApplied} tells whether all that was committed before is applied. */
    void begin(long now, BooleanSupplier isApplied) {
        pendingSince = now;
        if (applying && isApplied.getAsBoolean()) {
            applying = false;
            applyNanos = 0; // done before anything waited for it, however long ago
        }
    }

    /** Rows of such times wait now, which were logged at that time, all in microseconds since 1970. */
    void wait(long fromMicros, long toMicros, long atMicros) {
        loggedMicros = Math.max(loggedMicros, atMicros);
        long late = atMicros - fromMicros;
        if (late <= LATE_MICROS_MAX) {
            lateMicros = Math.max(lateMicros, late);
        }
        pendingFromMicros = Math.min(pendingFromMicros, fromMicros);
        pendingToMicros = Math.max(pendingToMicros, toMicros);
    }

    boolean isDue(long rows, long now, BooleanSupplier isApplied) {
        look(now, isApplied);
        long age = now - pendingSince;
        long most = waitMaxNanos();
        return age >= most
                || rows >= ROWS_MAX * (holds() ? 2 : 1) * most / WAIT_MAX
                || (!applying && age >= Math.clamp(APPLY_TIMES * applyNanos, WAIT_MIN, most) && isComplete());
    }

    private boolean holds() {
        return upToMicros != Long.MAX_VALUE;
    }

    /** Whether most of what is to be in the next commit has come. */
    private boolean isComplete() {
        return !holds() || loggedMicros - upToMicros >= lateMicros;
    }

    private void look(long now, BooleanSupplier isApplied) {
        if (applying) {
            applying = !isApplied.getAsBoolean();
            applyNanos = applying ? Math.max(applyNanos, now - applyingSince) : now - applyingSince;
        }
    }

    /**
     * What waits is about to be committed, but for rows later than this said before.
     *
     * @param rows that wait
     * @return those of the next rows that are later are to be held back next time; {@link Long#MAX_VALUE}: none, also now
     */
    long committing(long rows, long now, BooleanSupplier isApplied) {
        look(now, isApplied);
        if (!applying) {
            applying = true;
            applyingSince = now;
        }
        boolean hold = rows >= HOLD_ROWS_MIN && loggedMicros != Long.MIN_VALUE;
        long committedNow = hold ? Math.min(pendingToMicros, upToMicros) : pendingToMicros;
        committedToMicros = Math.max(committedToMicros, committedNow);
        pendingFromMicros = hold && holds() ? upToMicros : Long.MAX_VALUE;
        pendingToMicros = hold && holds() ? pendingToMicros : Long.MIN_VALUE;
        pendingSince = now;
        lateMicros -= lateMicros / LATE_FORGOTTEN_PART;
        upToMicros = hold ? loggedMicros : Long.MAX_VALUE;
        return upToMicros;
    }

    /** How long rows wait for their commit at most, with what is known of them. */
    long waitMaxNanos() {
        long reachMicros = committedToMicros > pendingFromMicros ? committedToMicros - pendingFromMicros : 0;
        long late = Math.min(TimeUnit.MICROSECONDS.toNanos(reachMicros), LATE_APPLY_PART * applyNanos);
        long most = Math.clamp(late, WAIT_MAX, LATE_TIMES_MAX * WAIT_MAX);
        return holds() ? Math.max(most, TimeUnit.MICROSECONDS.toNanos(lateMicros)) : most;
    }

    /** The same until their commit, which may not be the next one. */
    long heldMaxNanos() {
        return (holds() ? 2 : 1) * waitMaxNanos();
    }

    /** After how long to ask again whether a commit is due. */
    long leftNanos(long now) {
        return pendingSince + WAIT_MIN - now;
    }
}
