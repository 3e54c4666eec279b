package io.millrace.store.log;

import io.millrace.model.wire.Durability;
import java.time.Duration;

/** What became of an append. There is no third case: a caller that compiles has handled them all. */
public sealed interface AppendResult {
    /**
     * All entries are durable at this level and got the positions from {@code firstPosition} on.
     *
     * @param committedMicros their commit time, microseconds since 1970
     */
    record Logged(long firstPosition, long committedMicros, Durability durability) implements AppendResult {}

    /**
     * Nothing may be promised: not receipted, not acknowledged. The entries may or may not be in the log; senders send
     * them again, and ids make that harmless.
     */
    record Unavailable(String reason, Duration retryAfter) implements AppendResult {}
}
