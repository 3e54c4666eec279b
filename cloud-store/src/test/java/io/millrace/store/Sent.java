package io.millrace.store;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import io.millrace.model.wire.AgentStatus;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.StatusCodec;
import io.millrace.model.wire.WireEncoder;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.Verdicts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What agents and plain devices of the tests send, as the gateway would log it. */
public final class Sent {
    public static final long NOON = 1_700_000_000_000_000L;
    public static final StreamId STREAM = new StreamId("plant", "gw", "telemetry", 7);

    private Sent() {}

    /** Events {@code first} to {@code last} of the stream; event n is one second after event n - 1. */
    static LogEntry batch(StreamId stream, long first, long last) {
        return batch(stream, first, last, Verdicts.NONE);
    }

    static LogEntry batch(StreamId stream, long first, long last, Verdicts verdicts) {
        var events = new ArrayList<Event>();
        for (long n = first; n <= last; n++) {
            events.add(new Event(
                    new Series("pump-" + n % 3, "pressure", "bar"),
                    NOON + n * 1_000_000,
                    new Value.Numeric(n / 8.0),
                    Quality.GOOD));
        }
        return batch(stream, first, events, verdicts);
    }

    public static LogEntry batch(StreamId stream, long first, List<Event> events, Verdicts verdicts) {
        return batch(stream, first, events, verdicts, false);
    }

    public static LogEntry batch(StreamId stream, long first, List<Event> events, Verdicts verdicts, boolean backfill) {
        var builder = EventBatch.builder();
        events.forEach(builder::add);
        var envelope = new Envelope(stream, first, events.size(), backfill, 0, 0, null);
        long from = events.stream().mapToLong(Event::timeMicros).min().orElse(0);
        long to = events.stream().mapToLong(Event::timeMicros).max().orElse(0);
        return LogEntry.batch(envelope, from, to, verdicts, new WireEncoder().encode(envelope, builder.build()));
    }

    static LogEntry gap(StreamId stream, long first, long last, Gap.Reason reason) {
        var gaps = List.of(new Gap(stream, new Interval(first, last), reason, NOON, NOON + 1));
        var envelope = new Envelope(stream, 0, 1, false, 0, 0, null);
        return LogEntry.gaps(envelope, gaps, new WireEncoder().encodeGaps(envelope, gaps));
    }

    static LogEntry status(StreamId stream, boolean online, long produced, Interval... held) {
        var epoch = new AgentStatus.Epoch(stream.lane(), stream.epoch(), produced, List.of(held));
        return LogEntry.status(
                stream.site(),
                stream.agent(),
                NOON,
                StatusCodec.encode(new AgentStatus(online, NOON, "1.0", List.of(epoch))));
    }

    /** A plain reading, whose payload is the number. */
    static LogEntry plain(String device, long id, double value) {
        return LogEntry.plain(
                "plant",
                device,
                device.hashCode() & Integer.MAX_VALUE,
                id,
                NOON + id,
                Verdicts.NONE,
                "millrace/v1/plant/%s/event/level".formatted(device),
                Double.toString(value).getBytes(StandardCharsets.UTF_8));
    }

    /** Reads what {@link #plain} sends. */
    static EventBatch decodePlain(String topic, byte[] payload, long timeMicros) {
        double value = Double.parseDouble(new String(payload, StandardCharsets.UTF_8));
        String device = topic.split("/", -1)[3];
        return EventBatch.builder()
                .add(new Event(new Series(device, "level", ""), timeMicros, new Value.Numeric(value), Quality.GOOD))
                .build();
    }
}
