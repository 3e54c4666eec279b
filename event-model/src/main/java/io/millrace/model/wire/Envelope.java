package io.millrace.model.wire;

import io.millrace.model.StreamId;
import org.jspecify.annotations.Nullable;

/**
 * The head of every batch message. Its layout never changes, so that any gateway can answer any agent.
 *
 * @param stream who numbered the content
 * @param firstSequence sequence of the first event, 1 or more; 0 in a message of gaps
 * @param count events, or gaps, in the payload
 * @param backfill whether the batch is drained from a backlog, beside the live ones
 * @param sentAtMicros wall clock of the agent at sending, microseconds since 1970
 * @param sentMonotonicMicros its monotonic clock at the same instant; the origin is arbitrary but fixed in an epoch
 * @param traceparent W3C trace context, or null
 */
public record Envelope(
        StreamId stream,
        long firstSequence,
        int count,
        boolean backfill,
        long sentAtMicros,
        long sentMonotonicMicros,
        @Nullable String traceparent) {
    public Envelope {
        if (firstSequence < 0 || count < 0 || firstSequence > Long.MAX_VALUE - count) {
            throw new IllegalArgumentException(
                    "envelope of %s holds %d events from sequence %d, expected both 0 or more"
                            .formatted(stream, count, firstSequence));
        }
    }

    /** Sequence of the last event. */
    public long lastSequence() {
        return firstSequence + count - 1;
    }
}
