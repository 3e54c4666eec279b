package io.millrace.store.log;

import java.util.List;

/** The log: the only truth on the cloud side. Everything else is derived from it. */
public interface EventLog {
    /** Largest payload of one entry, in bytes: more than the broker lets through. */
    int ENTRY_BYTES_MAX = 2 * 1024 * 1024;

    /**
     * Appends entries in order and commits once; blocks until the outcome is known. One thread owns the log.
     *
     * @param entries at least one
     * @return the outcome, also when the disk is full or the store is down; these are never thrown
     * @throws IllegalArgumentException if there is no entry
     * @throws InterruptedException if interrupted while waiting; the outcome is then unknown
     */
    AppendResult append(List<LogEntry> entries) throws InterruptedException;

    /** The last position that was committed, 0 if none. Any thread. */
    long head();

    /**
     * Reads in the order of positions, up to the head as it grows.
     *
     * @param fromPosition 1 or more
     */
    LogReader read(long fromPosition);
}
