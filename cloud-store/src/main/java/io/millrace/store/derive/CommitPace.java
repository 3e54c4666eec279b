package io.millrace.store.derive;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * When rows are committed to their tables: soon, and not so often that applying them is all that the store does. Each
 * application rewrites the end of a table, as far back as the oldest row that it brings, and flushes it; so under load
 * fewer and larger ones leave the disk and the processors to the log.
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

    /** … but not longer than this, … */
    static final long WAIT_MAX = TimeUnit.SECONDS.toNanos(1);

    /** … nor are there more rows than this, … */
    static final long ROWS_MAX = 500_000;

    /** … unless they reach back further: then so many times both, at most. */
    static final long LATE_TIMES_MAX = 4;

    /** At most one part in so many of the time goes into applying rows that reach back. */
    private static final int LATE_APPLY_PART = 2;

    private long pendingSince;
    private long pendingFromMicros = Long.MAX_VALUE;
    private long pendingToMicros = Long.MIN_VALUE;
    private long committedToMicros = Long.MIN_VALUE;
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

    /** Rows of such times wait now, in microseconds since 1970. */
    void wait(long fromMicros, long toMicros) {
        pendingFromMicros = Math.min(pendingFromMicros, fromMicros);
        pendingToMicros = Math.max(pendingToMicros, toMicros);
    }

    boolean isDue(long rows, long now, BooleanSupplier isApplied) {
        look(now, isApplied);
        long age = now - pendingSince;
        long most = waitMaxNanos();
        return age >= most
                || rows >= ROWS_MAX * most / WAIT_MAX
                || (!applying && age >= Math.clamp(APPLY_TIMES * applyNanos, WAIT_MIN, most));
    }

    private void look(long now, BooleanSupplier isApplied) {
        if (applying) {
            applying = !isApplied.getAsBoolean();
            applyNanos = applying ? Math.max(applyNanos, now - applyingSince) : now - applyingSince;
        }
    }

    /** What waits is about to be committed. */
    void committing(long now, BooleanSupplier isApplied) {
        look(now, isApplied);
        if (!applying) {
            applying = true;
            applyingSince = now;
        }
        committedToMicros = Math.max(committedToMicros, pendingToMicros);
        pendingFromMicros = Long.MAX_VALUE;
        pendingToMicros = Long.MIN_VALUE;
    }

    /** How long rows wait for their commit at most, with what is known of them. */
    long waitMaxNanos() {
        long reachMicros = committedToMicros > pendingFromMicros ? committedToMicros - pendingFromMicros : 0;
        long late = Math.min(TimeUnit.MICROSECONDS.toNanos(reachMicros), LATE_APPLY_PART * applyNanos);
        return Math.clamp(late, WAIT_MAX, LATE_TIMES_MAX * WAIT_MAX);
    }

    /** After how long to ask again whether a commit is due. */
    long leftNanos(long now) {
        return pendingSince + WAIT_MIN - now;
    }
}
