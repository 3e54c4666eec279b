package io.millrace.store.derive;

import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogReader;
import io.millrace.store.log.LoggedEntry;

/**
 * Folds a stretch of the log for one projection on the side: with books of its own, which begin empty, and without a row
 * for any table. A reading that is in the stretch twice is folded once.
 */
public final class Refolding {
    private final EventLog log;
    private final PlainDecoder plain;

    public Refolding(EventLog log, PlainDecoder plain) {
        this.log = log;
        this.plain = plain;
    }

    /** Decides before each entry whether to go on; may wait, to leave the machine to others. */
    @FunctionalInterface
    public interface Pace {
        boolean goesOn() throws InterruptedException;
    }

    /**
     * Folds the stretch on the calling thread.
     *
     * @param projection begun anew
     * @return false if the pace ended it before
     * @throws io.millrace.store.log.LogUnreadableException as {@link LogReader#next} does
     */
    public boolean run(LogSpan span, Projection projection, Output out, Pace pace) throws InterruptedException {
        var fold = new Fold(ReadModels.booksOnly(), Rows.none(), plain);
        projection.restore(null);
        try (LogReader reader = log.read(span.first())) {
            for (long at = span.first(); at <= span.last(); at++) {
                LoggedEntry entry = pace.goesOn() ? reader.next() : null;
                if (entry == null) {
                    return false;
                }
                projection.fold(entry, fold.entry(entry), out);
            }
        }
        return true;
    }
}
