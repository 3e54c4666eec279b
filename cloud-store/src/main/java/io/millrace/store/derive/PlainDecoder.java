package io.millrace.store.derive;

import io.millrace.model.EventBatch;

/** Reads the payload of a plain device again when the log is derived again. Pure: the gateway's admission uses it too. */
@FunctionalInterface
public interface PlainDecoder {
    /**
     * @param topic as received
     * @param payload as received
     * @param timeMicros the resolved event time from the log entry
     * @return a batch of one event at that time
     * @throws IllegalArgumentException if the payload is no reading: it was then never logged as one
     */
    EventBatch decode(String topic, byte[] payload, long timeMicros);
}
