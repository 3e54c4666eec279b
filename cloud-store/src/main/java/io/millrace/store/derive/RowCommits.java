package io.millrace.store.derive;

import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Decides what is written to the tables and committed when: live events in the order of their times ({@link CommitPace}),
 * and what agents drain from their backlogs by itself. Such rows reach back by seconds or hours, and applying them
 * rewrites the table from there on; among live ones each commit would. They wait three times as long as applying the last
 * of them took, so that a quarter of the time goes into it. One thread owns it.
 */
final class RowCommits {
    /** Events of backlogs wait no longer than this; whoever asks for all to be committed need not wait. */
    static final long BACKFILL_WAIT_MAX = TimeUnit.SECONDS.toNanos(5);

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Rows rows;
    private final LongSupplier nanos;
    private final CommitPace pace = new CommitPace();
    private final HeldEvents live;
    private final HeldEvents backfill;

    /** Nothing could be written when a commit was due: not to be tried again before then. */
    private long notDueBefore;

    private long backfillSince;
    private long backfillApplyingSince;
    private long backfillApplyNanos;
    private boolean backfillApplying;

    /**
     * @param nanos monotonic clock, in nanoseconds
     */
    RowCommits(Rows rows, LongSupplier nanos) {
        this.rows = rows;
        this.nanos = nanos;
        this.live = new HeldEvents(rows);
        this.backfill = new HeldEvents(rows);
        this.notDueBefore = nanos.getAsLong();
        backfill.release(Long.MIN_VALUE);
    }

    /** An entry is about to be folded, and may have rows. */
    void folding(LoggedEntry entry) {
        long now = nanos.getAsLong();
        if (rows.pending() + live.events() == 0) {
            pace.begin(now, rows::isApplied);
        }
        pace.logged(entry.committedMicros(), now);
    }

    /** Its events that are to be stored. */
    void folded(LoggedEntry entry, Fresh fresh) {
        LogEntry what = entry.entry();
        long now = nanos.getAsLong();
        if (fresh.size() > 0 && !what.backfill()) {
            pace.wait(what.fromMicros(), what.toMicros(), entry.committedMicros());
        }
        live.release(pace.upToMicros(now));
        if (fresh.size() > 0 && what.backfill()) {
            beginBackfill(now);
            backfill.add(fresh, what.fromMicros(), what.toMicros(), entry.committedMicros());
        } else if (fresh.size() > 0) {
            live.add(fresh, what.fromMicros(), what.toMicros(), entry.committedMicros());
        }
    }

    private void beginBackfill(long now) {
        if (backfill.events() > 0) {
            return;
        }
        backfillSince = now;
        if (backfillApplying && rows.isApplied()) {
            backfillApplying = false;
            backfillApplyNanos = 0; // done before anything waited for it, however long ago
        }
    }

    /** Whether all but events is committed. */
    boolean isAllButEventsCommitted() {
        return rows.pending() == 0;
    }

    /** Rows that are not committed yet, and events that are not written yet. */
    long waiting() {
        return rows.pending() + live.events() + backfill.events();
    }

    /** After how long to ask again whether a commit is due. */
    long leftNanos() {
        return rows.pending() + live.events() == 0 ? CommitPace.WAIT_MIN : pace.leftNanos(nanos.getAsLong());
    }

    /** How long live rows wait for their commit at most, once nothing earlier is to come. */
    long waitMaxNanos() {
        return pace.waitMaxNanos();
    }

    /**
     * Commits what is due.
     *
     * @return whether anything was committed
     */
    boolean commitDue() {
        if (live.isFull()) {
            live.writeReleased(Long.MAX_VALUE);
            commit(0);
            return true;
        }
        long now = nanos.getAsLong();
        long waiting = rows.pending() + live.events();
        boolean isDue = waiting > 0 && now - notDueBefore >= 0 && pace.isDue(rows.pending(), now, rows::isApplied);
        boolean isBackfillDue = isBackfillDue(now);
        boolean committed = false;
        if (isDue || (isBackfillDue && waiting > 0)) {
            live.release(pace.upToMicros(now));
            live.writeReleased(pace.heldSinceMicros(now));
            if (rows.pending() > 0) {
                commit(waiting);
                committed = true;
            } else {
                notDueBefore = now + LOOK_AGAIN_NANOS;
            }
        }
        if (isBackfillDue) {
            commitBackfill(now);
            committed = true;
        }
        return committed;
    }

    private void commit(long waiting) {
        pace.committing(waiting, nanos.getAsLong(), rows::isApplied);
        rows.commit();
    }

    private boolean isBackfillDue(long now) {
        if (backfillApplying) {
            backfillApplying = !rows.isApplied();
            backfillApplyNanos = now - backfillApplyingSince;
        }
        long age = now - backfillSince;
        long wait = Math.clamp(CommitPace.APPLY_TIMES * backfillApplyNanos, CommitPace.WAIT_MIN, BACKFILL_WAIT_MAX);
        return backfill.events() > 0
                && (backfill.isFull() || age >= BACKFILL_WAIT_MAX || (!backfillApplying && age >= wait));
    }

    /** Nothing else may be written and not committed: these are to be a transaction of their own. */
    private void commitBackfill(long now) {
        backfill.writeReleased(Long.MAX_VALUE);
        rows.commit();
        if (!backfillApplying) {
            backfillApplying = true;
            backfillApplyingSince = now;
        }
    }

    /** Commits all there is. */
    void commitAll() {
        live.writeReleased(Long.MAX_VALUE);
        commit(0);
        if (backfill.events() > 0) {
            commitBackfill(nanos.getAsLong());
        }
    }

    /**
     * The last position whose rows are all committed, after a commit.
     *
     * @param position the last that was folded
     */
    long committedTo(long position) {
        return Math.min(live.writtenTo(position), backfill.writtenTo(position));
    }

    /** Forgets what is not committed. */
    void discard() {
        live.discard();
        backfill.discard();
        rows.discard();
    }
}
