package io.millrace.gateway.admit;

import io.millrace.gateway.admit.PlainPayload.BadPayloadException;
import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Series;
import io.millrace.model.Topics;
import io.millrace.model.Topics.Topic;
import io.millrace.store.derive.PlainDecoder;

/** A plain device's message as a batch of one event: the same at admission and when the log is derived again. */
public final class PlainEvents implements PlainDecoder {
    @Override
    public EventBatch decode(String topic, byte[] payload, long timeMicros) {
        if (!(Topics.parse(topic) instanceof Topic.PlainEvent(String _, String device, String metric))) {
            throw new IllegalArgumentException("topic %s is not one of a plain device".formatted(topic));
        }
        try {
            return batch(device, metric, PlainPayload.parse(payload), timeMicros);
        } catch (BadPayloadException e) {
            throw new IllegalArgumentException(e.detail(), e);
        }
    }

    static EventBatch batch(String device, String metric, PlainReading reading, long timeMicros)
            throws BadPayloadException {
        Series series;
        try {
            series = new Series(device, metric, reading.unit());
        } catch (IllegalArgumentException e) {
            throw new BadPayloadException("malformed", e.getMessage());
        }
        return EventBatch.builder()
                .add(new Event(series, timeMicros, reading.value(), reading.quality()))
                .build();
    }
}
