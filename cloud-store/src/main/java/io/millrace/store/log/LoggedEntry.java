package io.millrace.store.log;

import io.millrace.model.EventBatch;
import org.jspecify.annotations.Nullable;

/**
 * An entry that is in the log.
 *
 * @param position its place in the total order: 1 or more, without a hole
 * @param committedMicros when it was committed, microseconds since 1970; never lower than that of the position before
 * @param events the events of a batch or plain reading if admission has decoded them already; null otherwise, and
 *     always null for an entry read back from the log
 */
public record LoggedEntry(
        long position,
        long committedMicros,
        LogEntry entry,
        @Nullable EventBatch events) {}
