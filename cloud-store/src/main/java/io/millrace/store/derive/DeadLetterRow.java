package io.millrace.store.derive;

import io.millrace.store.log.Letter;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code dead_letters}; written again when it was driven again.
 *
 * @param payload one event as a wire message, or the message as it was received
 * @param redrivenMicros commit time of the last attempt to drive it again; null if there was none
 * @param outcome of that attempt: {@link #STORED}, or null if it is a dead letter still
 */
@SuppressWarnings("ArrayRecordComponent") // rows are handed over, never compared
public record DeadLetterRow(
        Letter letter,
        byte[] payload,
        @Nullable Long redrivenMicros,
        @Nullable String outcome) {
    /** It is no dead letter any more: what could be stored is, anything else of it has a letter of its own. */
    public static final String STORED = "stored";
}
