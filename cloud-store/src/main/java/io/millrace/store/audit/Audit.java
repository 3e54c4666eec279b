package io.millrace.store.audit;

/** Counts in the store what the ledger says must be there. */
@FunctionalInterface
public interface Audit {
    /** Longest wait until what is committed is derived and applied, in seconds. */
    int WAIT_SECONDS_MAX = 30;

    /** Waits up to {@value #WAIT_SECONDS_MAX} s, then reads all rows of what matches. One at a time; others wait. */
    AuditResult run(AuditFilter filter) throws InterruptedException;
}
