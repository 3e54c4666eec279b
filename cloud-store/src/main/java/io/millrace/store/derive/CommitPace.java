package io.millrace.store.derive;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * When rows are committed to their tables: soon, and not so often that applying them is all that the store does. Each
 * application rewrites the end of a table, as far back as the oldest row that it brings, and flushes it; so under load
 * fewer and larger ones leave the disk and the processors to the log.
 *
 * <p>Where many agents send, what comes later is often older than what is there already. So rows are held back as long
 * as earlier ones may still come: those that are later than what is logged now, less as much as events came late. Each
 * commit begins where the one before has ended then, and applying it rewrites nothing. No row waits longer than
 * {@link #HOLD_MICROS_MAX} for others; if all come late alike, none has to.
 *
 * <p>Where a fleet catches up, old rows come among the new. Committed with them, each second's rows would have many
 * seconds' rows rewritten, more would become late than can be applied, and it would never end. So what {@link #isLate} is
 * not for this pace. Instants are nanoseconds of a monotonic clock.
 */
final class CommitPace {
    /** Rows wait at least this long for company… */
    static final long WAIT_MIN = TimeUnit.MILLISECONDS.toNanos(100);

    /** … and then until those before them are applied, and so many times as long as that took, … */
    static final int APPLY_TIMES = 3;

    /** … but not longer than this, … */
    static final long WAIT_MAX = TimeUnit.SECONDS.toNanos(1);

    /** … nor are there more rows than this. */
    static final long ROWS_MAX = 500_000;

    /** With fewer rows, none are held back: they are seen sooner. */
    static final long HOLD_ROWS_MIN = 1_000;

    /** For events that come so much later than the soonest ones, none is held back. */
    static final long HOLD_MICROS_MAX = 1_500_000;

    /** One part in so many of how late events came is forgotten with each commit. */
    private static final int LATE_FORGOTTEN_PART = 8;

    private long pendingSince;
    private long committedToMicros = Long.MIN_VALUE;
    private long waitingToMicros = Long.MIN_VALUE;
    private long loggedMicros = Long.MIN_VALUE;
    private long loggedSeen;

    /** Rows later than this are held back. */
    private long upToMicros = Long.MAX_VALUE;

    /** How late the latest events came, little by little forgotten, … */
    private long lateMicros;

    /** … and the soonest since the last commit, … */
    private long soonMicros = Long.MAX_VALUE;

    /** … and before it. */
    private long soonMicrosBefore = Long.MAX_VALUE;

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

    /** An entry of the log was folded, committed there at that time, microseconds since 1970. */
    void logged(long atMicros, long now) {
        if (atMicros > loggedMicros) {
            loggedMicros = atMicros;
            loggedSeen = now;
        }
    }

    /** Rows of such times wait now, which were logged at that time, all in microseconds since 1970. */
    void wait(long fromMicros, long toMicros, long atMicros) {
        if (toMicros <= atMicros) { // a clock that is ahead says nothing of the others
            waitingToMicros = Math.max(waitingToMicros, toMicros);
            soonMicros = Math.min(soonMicros, atMicros - toMicros);
        }
        long late = atMicros - fromMicros;
        if (late <= lateMaxMicros()) {
            lateMicros = Math.max(lateMicros, late);
        }
    }

    private long lateMaxMicros() {
        long soon = soonMicros();
        return soon == Long.MAX_VALUE ? HOLD_MICROS_MAX : soon + HOLD_MICROS_MAX;
    }

    private long soonMicros() {
        return Math.min(soonMicros, soonMicrosBefore);
    }

    /** Whether rows that begin at that time reach back further than any are held back for. */
    boolean isLate(long fromMicros) {
        return committedToMicros != Long.MIN_VALUE && fromMicros < committedToMicros - HOLD_MICROS_MAX;
    }

    boolean isDue(long rows, long now, BooleanSupplier isApplied) {
        look(now, isApplied);
        long age = now - pendingSince;
        return age >= WAIT_MAX
                || rows >= ROWS_MAX
                || (!applying && age >= Math.clamp(APPLY_TIMES * applyNanos, WAIT_MIN, WAIT_MAX));
    }

    private void look(long now, BooleanSupplier isApplied) {
        if (applying) {
            applying = !isApplied.getAsBoolean();
            applyNanos = applying ? Math.max(applyNanos, now - applyingSince) : now - applyingSince;
        }
    }

    /** Events later than this are to be held back, {@link Long#MAX_VALUE}: none. It only grows while any are. */
    long upToMicros(long now) {
        if (upToMicros != Long.MAX_VALUE) {
            upToMicros = Math.max(upToMicros, cutMicros(now));
        }
        return upToMicros;
    }

    private long cutMicros(long now) {
        return nowMicros(now) - Math.min(lateMicros, lateMaxMicros());
    }

    /** The log's time, which goes on while nothing is logged, too. */
    private long nowMicros(long now) {
        return loggedMicros + TimeUnit.NANOSECONDS.toMicros(now - loggedSeen);
    }

    /** What was logged up to then is not held back any longer, microseconds since 1970. */
    long heldSinceMicros(long now) {
        return nowMicros(now) - HOLD_MICROS_MAX;
    }

    /**
     * What was written is about to be committed.
     *
     * @param waiting rows that wait, those that are held back among them; of many, those to come are held back
     */
    void committing(long waiting, long now, BooleanSupplier isApplied) {
        look(now, isApplied);
        if (!applying) {
            applying = true;
            applyingSince = now;
        }
        committedToMicros = Math.max(committedToMicros, Math.min(waitingToMicros, upToMicros));
        pendingSince = now;
        long soon = soonMicros();
        lateMicros -= soon < lateMicros ? (lateMicros - soon) / LATE_FORGOTTEN_PART : 0;
        soonMicrosBefore = soonMicros;
        soonMicros = Long.MAX_VALUE;
        if (waiting < HOLD_ROWS_MIN) {
            upToMicros = Long.MAX_VALUE;
        } else if (upToMicros == Long.MAX_VALUE) {
            upToMicros = cutMicros(now);
        }
    }

    /** After how long to ask again whether a commit is due. */
    long leftNanos(long now) {
        return pendingSince + WAIT_MIN - now;
    }
}
