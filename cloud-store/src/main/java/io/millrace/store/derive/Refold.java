package io.millrace.store.derive;

import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogReader;
import io.millrace.store.log.LoggedEntry;
import java.util.function.BooleanSupplier;

/** Folds the log again from position 1 with fresh books, and writes the rows of one rebuild only. */
final class Refold {
    private final EventLog log;
    private final RowsFilter rows;
    private final Speed speed;
    private final Fold fold;
    private final long retiredMicros;

    /**
     * @param models empty; holds the state that the log comes to afterwards
     * @param retiredMicros events before that time are retired and get no rows
     * @param speed hears of each position
     */
    Refold(
            EventLog log,
            Rows rows,
            RebuildTarget target,
            ReadModels models,
            PlainDecoder plain,
            long retiredMicros,
            Speed speed) {
        this.log = log;
        this.rows = new RowsFilter(rows, target);
        this.speed = speed;
        this.fold = new Fold(models, this.rows, plain);
        this.retiredMicros = retiredMicros;
    }

    /**
     * Folds everything up to the position, and commits.
     *
     * @return false if it was stopped before
     */
    boolean run(long until, BooleanSupplier stopped) throws InterruptedException {
        try (LogReader reader = log.read(1)) {
            for (long at = 1; at <= until && !stopped.getAsBoolean(); at++) {
                LoggedEntry entry = reader.next();
                if (entry == null) {
                    throw new IllegalStateException("log ends at position %d, expected %d".formatted(at - 1, until));
                }
                Fresh fresh = fold.entry(entry);
                rows.events(fresh, retiredMicros);
                if (rows.pending() >= CommitPace.ROWS_MAX) {
                    rows.commit();
                }
                speed.folded(at, fresh.size());
            }
        }
        rows.commit();
        return !stopped.getAsBoolean();
    }
}
