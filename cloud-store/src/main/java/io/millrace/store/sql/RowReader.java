package io.millrace.store.sql;

/** Takes the rows of a query, one after the other. */
@FunctionalInterface
public interface RowReader {
    /**
     * @param row valid during the call only
     */
    void row(Row row);
}
