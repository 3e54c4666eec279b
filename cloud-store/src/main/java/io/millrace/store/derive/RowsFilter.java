package io.millrace.store.derive;

import java.util.Set;
import java.util.function.BooleanSupplier;

/** Lets only the rows of one rebuild through: everything else was derived before and stands. */
final class RowsFilter implements Rows {
    private final Rows rows;
    private final RebuildTarget target;

    RowsFilter(Rows rows, RebuildTarget target) {
        this.rows = rows;
        this.target = target;
    }

    @Override
    public void events(Fresh fresh, long fromMicros) {
        if (target == RebuildTarget.EVENTS) {
            rows.events(fresh, fromMicros);
        }
    }

    @Override
    public void lateEvents(Fresh fresh) {
        if (target == RebuildTarget.EVENTS) {
            rows.lateEvents(fresh);
        }
    }

    @Override
    public void gap(GapRow row) {
        if (target == RebuildTarget.LEDGER) {
            rows.gap(row);
        }
    }

    @Override
    public void deadLetter(DeadLetterRow row) {
        if (target == RebuildTarget.LEDGER) {
            rows.deadLetter(row);
        }
    }

    @Override
    public void window(WindowRow row) {
        if (target == RebuildTarget.WINDOWS) {
            rows.window(row);
        }
    }

    @Override
    public void transition(TransitionRow row) {
        if (target == RebuildTarget.WINDOWS) {
            rows.transition(row);
        }
    }

    @Override
    public long pending() {
        return rows.pending();
    }

    @Override
    public long latePending() {
        return rows.latePending();
    }

    @Override
    public void commit() {
        rows.commit();
    }

    @Override
    public void commitLate() {
        rows.commitLate();
    }

    @Override
    public boolean isApplied() {
        return rows.isApplied();
    }

    @Override
    public BooleanSupplier lateApplied() {
        return rows.lateApplied();
    }

    @Override
    public void discard() {
        rows.discard();
    }

    @Override
    public void truncate(RebuildTarget which) {
        rows.truncate(which);
    }

    @Override
    public StagedRows stage(Set<ProjectionTable> tables) {
        return rows.stage(tables);
    }

    @Override
    public void publish(Set<ProjectionTable> tables) {
        rows.publish(tables);
    }

    @Override
    public void unstage() {
        rows.unstage();
    }
}
