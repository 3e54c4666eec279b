package io.millrace.store.derive;

import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Decides what is written to the tables and committed when: live events in the order of their times ({@link CommitPace}),
 * and late ones by themselves: what agents drain from their backlogs, and what waited in the broker for a gateway that was
 * away, say. Such rows reach back by seconds or hours, and applying them rewrites the table from there on; among live ones
 * each commit would. They wait until all before them is applied, and from the first of them on three times as long as
 * applying the last ones took. One thread owns it.
 */
final class RowCommits {
    /** Late events wait no longer than this, once all before them is applied; whoever asks for all need not wait. */
    static final long LATE_WAIT_MAX = TimeUnit.SECONDS.toNanos(5);

    /** So long ago, … */
    static final long LATE_AGE_MAX = TimeUnit.SECONDS.toNanos(10);

    /** … so many, … */
    static final long LATE_ROWS_MAX = 1_000_000;

    /** … or so much of them, is committed at once, whatever they wait for. */
    static final long LATE_BYTES_MAX = 256L << 20;

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Rows rows;
    private final LongSupplier nanos;
    private final HeldEvents live;

    private CommitPace pace = new CommitPace();

    /** Nothing could be written when a commit was due: not to be tried again before then. */
    private long notDueBefore;

    private long lateSince;
    private long lateBytes;

    /** Position of the first late events that are not committed. */
    private long lateFrom;

    private long lateApplyingSince;
    private long lateApplyNanos;
    private boolean lateApplying;

    /** Tells of the last late events that were committed. */
    private volatile BooleanSupplier lateApplied = () -> true;

    /** Whether all before them was applied by then. */
    private volatile boolean lateAlone;

    /**
     * @param nanos monotonic clock, in nanoseconds
     */
    RowCommits(Rows rows, LongSupplier nanos) {
        this.rows = rows;
        this.nanos = nanos;
        this.live = new HeldEvents(rows);
        this.notDueBefore = nanos.getAsLong();
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
        boolean isLate = what.backfill() || pace.isLate(what.fromMicros());
        if (fresh.size() > 0 && !isLate) {
            pace.wait(what.fromMicros(), what.toMicros(), entry.committedMicros());
        }
        live.release(pace.upToMicros(now));
        if (fresh.size() > 0 && isLate) {
            beginLate(entry.position(), now);
            lateBytes += HeldEvents.bytes(fresh);
            rows.lateEvents(fresh);
        } else if (fresh.size() > 0) {
            live.add(fresh, what.fromMicros(), what.toMicros(), entry.committedMicros());
        }
    }

    private void beginLate(long position, long now) {
        if (rows.latePending() > 0) {
            return;
        }
        lateFrom = position;
        lateSince = now;
        lateBytes = 0;
        if (lateApplying && lateApplied.getAsBoolean()) {
            lateApplying = false;
            lateApplyNanos = 0; // done before anything waited for it, however long ago
        }
    }

    /** Whether all but events is committed. */
    boolean isAllButEventsCommitted() {
        return rows.pending() == 0;
    }

    /** Rows that are not committed yet, and events that are not written yet. */
    long waiting() {
        return rows.pending() + live.events() + rows.latePending();
    }

    /**
     * Whether late events are being applied, and nothing else was when they were committed. What is committed in the
     * meantime has to wait for that, however little it is. Any thread.
     */
    boolean isLateApplying() {
        return lateAlone && !lateApplied.getAsBoolean();
    }

    /** After how long to ask again whether a commit is due. */
    long leftNanos() {
        return rows.pending() + live.events() == 0 ? CommitPace.WAIT_MIN : pace.leftNanos(nanos.getAsLong());
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
        boolean committed = false;
        if (isDue) {
            live.release(pace.upToMicros(now));
            live.writeReleased(pace.heldSinceMicros(now));
            if (rows.pending() > 0) {
                commit(waiting);
                committed = true;
            } else {
                notDueBefore = now + LOOK_AGAIN_NANOS;
            }
        }
        if (isLateDue(now)) {
            commitLate(now);
            committed = true;
        }
        return committed;
    }

    private void commit(long waiting) {
        pace.committing(waiting, nanos.getAsLong(), rows::isApplied);
        rows.commit();
    }

    private boolean isLateDue(long now) {
        if (lateApplying) {
            lateApplying = !lateApplied.getAsBoolean();
            lateApplyNanos = now - lateApplyingSince;
        }
        long wait = Math.clamp(CommitPace.APPLY_TIMES * lateApplyNanos, CommitPace.WAIT_MIN, LATE_WAIT_MAX);
        long pending = rows.latePending();
        long age = now - lateSince;
        return pending > 0
                && ((age >= wait && !lateApplying && rows.isApplied())
                        || age >= LATE_AGE_MAX
                        || pending >= LATE_ROWS_MAX
                        || lateBytes >= LATE_BYTES_MAX);
    }

    private void commitLate(long now) {
        boolean isAlone = rows.isApplied();
        rows.commitLate();
        if (!lateApplying) {
            lateApplyingSince = now;
        }
        lateApplying = true;
        lateAlone = isAlone;
        lateApplied = rows.lateApplied();
    }

    /** Commits all there is. */
    void commitAll() {
        live.writeReleased(Long.MAX_VALUE);
        commit(0);
        if (rows.latePending() > 0) {
            commitLate(nanos.getAsLong());
        }
    }

    /**
     * The last position whose rows are all committed, after a commit.
     *
     * @param position the last that was folded
     */
    long committedTo(long position) {
        return Math.min(live.writtenTo(position), rows.latePending() > 0 ? lateFrom - 1 : position);
    }

    /** Forgets what is not committed; what was committed may come again. */
    void discard() {
        pace = new CommitPace();
        notDueBefore = nanos.getAsLong();
        lateApplying = false;
        lateApplyNanos = 0;
        live.discard();
        rows.discard();
    }
}
