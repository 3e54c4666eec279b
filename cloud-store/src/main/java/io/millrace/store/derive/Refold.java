package io.millrace.store.derive;

import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogReader;
import io.millrace.store.log.LoggedEntry;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/** Folds the log again from position 1 with fresh state, and writes the rows of one rebuild only. */
final class Refold {
    private final EventLog log;
    private final RowsFilter rows;
    private final Projection projection;
    private final Fold fold;

    /**
     * @param models empty; holds the state that the log comes to afterwards
     * @param parts its projection is begun again from nothing if the target is {@link RebuildTarget#WINDOWS}, else left
     *     alone: what it has come to does not depend on the other tables
     * @param retiredMicros events before that time are retired and get no rows
     */
    Refold(
            EventLog log,
            Rows rows,
            RebuildTarget target,
            ReadModels models,
            LogDerivation.Parts parts,
            long retiredMicros) {
        this.log = log;
        this.rows = new RowsFilter(rows, target);
        this.projection = target == RebuildTarget.WINDOWS ? parts.projection() : Projection.none();
        this.fold = new Fold(models, this.rows, parts.plain(), retiredMicros);
    }

    /**
     * Folds everything up to the position, and commits.
     *
     * @param progress hears of each position
     * @return false if it was stopped before
     */
    boolean run(long until, LongConsumer progress, BooleanSupplier stopped) throws InterruptedException {
        projection.restore(null);
        try (LogReader reader = log.read(1)) {
            for (long at = 1; at <= until && !stopped.getAsBoolean(); at++) {
                LoggedEntry entry = reader.next();
                if (entry == null) {
                    throw new IllegalStateException("log ends at position %d, expected %d".formatted(at - 1, until));
                }
                projection.fold(entry, fold.entry(entry), new Collected(rows));
                if (rows.pending() >= LogDerivation.COMMIT_ROWS_MAX) {
                    rows.commit();
                }
                progress.accept(at);
            }
        }
        rows.commit();
        return !stopped.getAsBoolean();
    }
}
