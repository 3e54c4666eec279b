package io.millrace.projections;

import java.util.ArrayList;
import java.util.List;

/** Keeps all output in order. */
final class Recorder implements Output {
    final List<ClosedWindow> windows = new ArrayList<>();
    final List<StaleWindow> stale = new ArrayList<>();
    final List<AlertTransition> transitions = new ArrayList<>();

    /** All kinds as they came; records compare doubles bit by bit. */
    final List<Record> all = new ArrayList<>();

    @Override
    public void window(ClosedWindow window) {
        windows.add(window);
        all.add(window);
    }

    @Override
    public void stale(StaleWindow window) {
        stale.add(window);
        all.add(window);
    }

    @Override
    public void transition(AlertTransition transition) {
        transitions.add(transition);
        all.add(transition);
    }
}
