package io.millrace.store.questdb;

/** What is known of one table; {@code io.millrace.store.TableHealth} says what the figures mean. */
public record TableFigures(
        String table,
        long transactionsBehind,
        long rowsBehind,
        long behindMillis,
        boolean suspended,
        long rowsCommitted) {}
