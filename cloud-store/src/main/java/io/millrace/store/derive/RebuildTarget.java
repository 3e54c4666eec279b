package io.millrace.store.derive;

/** What a rebuild drops and derives again from position 1. */
public enum RebuildTarget {
    /** The {@code events} table. */
    EVENTS,
    /** The ledger, and the tables {@code gaps} and {@code dead_letters}. */
    LEDGER,
    /** The projections' state, and the tables {@code windows} and {@code alert_transitions}. */
    WINDOWS
}
