package io.millrace.agent.spool;

import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.StreamId;

/** What a {@link Cursor} came upon. */
public sealed interface Spooled {
    /** Consecutive events, at least one, none of them settled when they were read. */
    record Events(StreamId stream, long firstSequence, EventBatch events) implements Spooled {
        public long lastSequence() {
            return firstSequence + events.size() - 1;
        }
    }

    /** The place of an event that was refused. */
    record Refused(Gap gap) implements Spooled {}

    /** Nothing up to where the cursor may read at present. */
    record Nothing() implements Spooled {}
}
