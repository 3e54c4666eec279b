package io.millrace.model;

/**
 * Names an event for ever, so that sending it twice stores it once.
 *
 * @param stream the agent's lane and epoch that numbered it
 * @param sequence position in that epoch: starts at 1, grows by 1, never reused
 */
public record EventId(StreamId stream, long sequence) {
    public EventId {
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence of %s is %d, expected 1 or more".formatted(stream, sequence));
        }
    }
}
