package io.millrace.gateway.notify;

import io.millrace.projections.OpenAlert;
import io.millrace.store.derive.TransitionRow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Hands what happens to alerts from the derivation's thread to the notifier's, which looks a few times a second. What does
 * not fit is left out and read back from the table: later, and never lost.
 */
public final class Transitions {
    static final int ROWS_MAX = 20_000;

    private final Supplier<List<OpenAlert>> openAlerts;
    private final List<TransitionRow> rows = new ArrayList<>();
    private List<OpenAlert> open = List.of();
    private long position;
    private boolean overflowed;
    private boolean isOff;

    /**
     * @param position of the log, up to which these are all; 0 if nothing was folded since the start
     * @param open alerts that were open there
     * @param overflowed whether some transitions are missing
     */
    record Batch(List<TransitionRow> rows, long position, List<OpenAlert> open, boolean overflowed) {}

    /**
     * @param openAlerts those of the present as of the entry folded last, another list after each change
     */
    public Transitions(Supplier<List<OpenAlert>> openAlerts) {
        this.openAlerts = openAlerts;
    }

    /**
     * Takes what a log entry brought about; never blocks for long, never throws.
     *
     * @param at position of the entry; each is told once, in order, also those that brought nothing about
     */
    public synchronized void folded(long at, List<TransitionRow> transitions) {
        position = at;
        open = openAlerts.get();
        if (isOff) {
            return;
        }
        if (rows.size() + transitions.size() > ROWS_MAX) {
            rows.clear();
            overflowed = true;
        } else {
            rows.addAll(transitions);
        }
    }

    /** Everything since the last call. */
    synchronized Batch drain() {
        var batch = new Batch(List.copyOf(rows), position, open, overflowed);
        rows.clear();
        overflowed = false;
        return batch;
    }

    /** Nobody will look. */
    synchronized void off() {
        isOff = true;
        rows.clear();
    }
}
