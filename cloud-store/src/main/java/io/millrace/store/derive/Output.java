package io.millrace.store.derive;

/** Where a projection puts what it concludes; written to its table, and shown to the {@link LiveListener}. */
public interface Output {
    /** A closed window, or the next version of one. */
    void window(WindowRow row);

    /** An alert was raised or cleared. */
    void transition(TransitionRow row);
}
