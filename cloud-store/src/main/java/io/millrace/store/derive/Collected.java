package io.millrace.store.derive;

import java.util.ArrayList;
import java.util.List;

/** Writes what a projection concludes from one entry, and keeps it for the listener. */
final class Collected implements Output {
    private final Rows rows;
    private final List<WindowRow> windows = new ArrayList<>(0);
    private final List<TransitionRow> transitions = new ArrayList<>(0);

    Collected(Rows rows) {
        this.rows = rows;
    }

    @Override
    public void window(WindowRow row) {
        rows.window(row);
        windows.add(row);
    }

    @Override
    public void transition(TransitionRow row) {
        rows.transition(row);
        transitions.add(row);
    }

    List<WindowRow> windows() {
        return windows;
    }

    List<TransitionRow> transitions() {
        return transitions;
    }
}
