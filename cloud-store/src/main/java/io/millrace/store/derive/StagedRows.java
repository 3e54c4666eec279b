package io.millrace.store.derive;

/** Takes the rows of a shadow, which nobody reads yet. One thread owns it. */
public interface StagedRows extends Output {
    /** Rows that were written and not committed yet. */
    long pending();

    /**
     * Commits what was written.
     *
     * @throws RuntimeException if the disk is full, say
     */
    void commit();

    /** Whether all that was committed has reached its table; cheap. */
    boolean isApplied();
}
