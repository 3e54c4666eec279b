package io.millrace.store;

/**
 * How far a table is behind what was committed to it.
 *
 * @param transactionsBehind committed and not yet visible to readers
 * @param rowsBehind rows in them, as far as they were committed by this process
 * @param behindMillis age of the oldest of them; 0 if none is behind
 * @param suspended QuestDB gave up applying (a full disk, say); it is resumed without skipping
 * @param rowsCommitted by this process
 */
public record TableHealth(
        String table,
        long transactionsBehind,
        long rowsBehind,
        long behindMillis,
        boolean suspended,
        long rowsCommitted) {}
