package io.millrace.store.sql;

/** A query failed; the message names the statement and what QuestDB says of it. */
public final class SqlFailedException extends RuntimeException {
    public SqlFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
