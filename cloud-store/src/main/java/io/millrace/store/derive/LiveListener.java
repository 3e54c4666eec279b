package io.millrace.store.derive;

import java.util.List;

/**
 * Hears of each entry right after it was folded, before its rows can be read by SQL. Called by the derivation's thread,
 * so it must never block. Each position is told once in the life of a process, in order; entries that were folded
 * before the start, or are folded again by a rebuild, are not told.
 */
@FunctionalInterface
public interface LiveListener {
    /**
     * @param fresh valid during the call only
     * @param windows closed or corrected by this entry
     * @param transitions caused by this entry
     */
    void folded(Fresh fresh, List<WindowRow> windows, List<TransitionRow> transitions);

    /** Hears nothing. */
    static LiveListener none() {
        return (fresh, windows, transitions) -> {};
    }
}
