package io.millrace.agent.spool;

import java.time.Duration;

/** When accepted events are forced to the disk. Whatever it is, a mere kill of the process loses nothing. */
public sealed interface SyncPolicy {
    /** Before {@code append} returns: a power cut loses nothing that was accepted. */
    record Always() implements SyncPolicy {}

    /**
     * Regularly: a power cut loses at most this much, and the loss is declared.
     *
     * @param interval 10 ms to 1 h
     */
    record Every(Duration interval) implements SyncPolicy {
        public Every {
            if (interval.compareTo(Duration.ofMillis(10)) < 0 || interval.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("spool.sync is %s, expected 10ms to 1h".formatted(interval));
            }
        }
    }

    /** Whenever the operating system likes. */
    record Never() implements SyncPolicy {}
}
