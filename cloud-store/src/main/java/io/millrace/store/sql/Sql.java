package io.millrace.store.sql;

import java.util.List;

/**
 * Reads the tables. Thread-safe; at most {@value #CONCURRENT_MAX} queries run at once, more wait for their turn.
 */
public interface Sql {
    int CONCURRENT_MAX = 4;

    /** Longest run of one query, in seconds. */
    int SECONDS_MAX = 60;

    /**
     * Runs a query and hands each row to the reader.
     *
     * @param select one SELECT with {@code $1}, {@code $2} … for the binds. Text that comes from outside belongs into
     *     binds, never into this string
     * @param binds {@link String}, {@link Long}, {@link Integer}, {@link Double}, {@link Boolean} or
     *     {@link java.time.Instant} (microseconds are kept, the rest is cut)
     * @param rowsMax rows handed over at most
     * @return rows handed over
     * @throws SqlFailedException if the statement is wrong, no SELECT, needs longer than {@value #SECONDS_MAX} s, or
     *     the store cannot answer; what the reader throws passes through
     * @throws InterruptedException if interrupted while waiting for its turn
     */
    long query(String select, List<Object> binds, long rowsMax, RowReader reader) throws InterruptedException;
}
