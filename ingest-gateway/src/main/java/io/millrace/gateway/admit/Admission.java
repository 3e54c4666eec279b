package io.millrace.gateway.admit;

import io.millrace.gateway.admit.PlainPayload.BadPayloadException;
import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Names;
import io.millrace.model.StreamId;
import io.millrace.model.Topics;
import io.millrace.model.Topics.Topic;
import io.millrace.model.wire.AgentStatus;
import io.millrace.model.wire.Decoded;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.MalformedMessageException;
import io.millrace.model.wire.StatusCodec;
import io.millrace.model.wire.WireDecoder;
import io.millrace.store.log.Letter;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.Redrive;
import io.millrace.store.log.Verdicts;
import java.util.Arrays;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Turns messages into log entries. Whatever arrives becomes an entry, good or bad, so that a bad message neither blocks
 * nor delays a good one. Not thread-safe: the commit loop owns it.
 */
public final class Admission {
    private static final Logger LOG = Logger.getLogger(Admission.class);
    private static final String NOBODY = "unknown";

    /** What is kept of a message that met a defect of ours. */
    private static final int DEFECT_PAYLOAD_BYTES_MAX = 16 * 1024;

    private final WireDecoder decoder = new WireDecoder();
    private final PlainIds ids = new PlainIds();
    private final Judge judge;

    public Admission(SeriesRegistry registry) {
        judge = new Judge(registry);
    }

    /**
     * @param nowMicros when it is judged, microseconds since 1970; also the time of a reading that has none
     */
    public Admitted admit(String topic, byte[] payload, long nowMicros) {
        try {
            return judged(topic, payload, nowMicros, nowMicros);
        } catch (RuntimeException e) {
            byte[] start = Arrays.copyOf(payload, Math.min(payload.length, DEFECT_PAYLOAD_BYTES_MAX));
            return defect(e, topic, start, nowMicros);
        }
    }

    private static Admitted defect(RuntimeException e, String topic, byte[] payload, long nowMicros) {
        LOG.errorf(e, "A message met a defect and becomes a dead letter. Please report it: topic=%s", topic);
        String detail = "the gateway failed over this message, please report it: " + e;
        return source(topic, payload, nowMicros).rejected("defect", detail);
    }

    /**
     * Judges a dead letter's message again, as if it came now; a reading without a time keeps that of its arrival.
     *
     * @param payload the letter's bytes
     * @return the entry that drives it again, without anybody to answer; {@link Admitted.Nothing} if it is not to be
     *     driven again: of a status only the newest counts, and that of a newer agent's payload has to wait for newer
     *     software
     */
    public Admitted redrive(Letter letter, byte[] payload, long nowMicros) {
        String topic =
                letter.topic() == null ? Topics.batch(letter.site(), letter.agent(), letter.lane()) : letter.topic();
        if (Topics.parse(topic) instanceof Topic.Status) {
            return new Admitted.Nothing();
        }
        Admitted admitted;
        try {
            admitted = judged(topic, payload, nowMicros, letter.tsMicros());
        } catch (RuntimeException e) {
            admitted = defect(e, topic, payload, nowMicros);
        }
        return switch (admitted) {
            case Admitted.Log(LogEntry entry, EventBatch events, var _, var _) ->
                silent(new Redrive(letter, entry).logged(), events);
            case Admitted.Hold _, Admitted.Nothing _ -> new Admitted.Nothing();
        };
    }

    private Admitted judged(String topic, byte[] payload, long nowMicros, long arrivedMicros) {
        return switch (Topics.parse(topic)) {
            case Topic.Batch(String site, String agent, String lane) ->
                batch(new Source(site, agent, lane, topic, payload, nowMicros, arrivedMicros));
            case Topic.PlainEvent(String site, String device, String metric) ->
                plain(new Source(site, device, StreamId.PLAIN, topic, payload, nowMicros, arrivedMicros), metric);
            case Topic.Status(String site, String agent) ->
                status(new Source(site, agent, "", topic, payload, nowMicros, arrivedMicros));
            case Topic.Receipt _ -> new Admitted.Nothing();
            case null -> strange(topic, payload, nowMicros);
        };
    }

    /** One message and what its topic says of its sender. */
    private record Source(
            String site, String agent, String lane, String topic, byte[] payload, long nowMicros, long arrivedMicros) {
        Admitted rejected(String reason, String detail) {
            String atLane = lane.isEmpty() ? StreamId.PLAIN : lane;
            return silent(LogEntry.rejected(site, agent, atLane, nowMicros, reason, detail, topic, payload), null);
        }

        Admitted.Address address(long epoch) {
            return new Admitted.Address(site, agent, lane, epoch);
        }
    }

    private static Admitted silent(LogEntry entry, @Nullable EventBatch events) {
        return new Admitted.Log(entry, events, null, List.of());
    }

    private Admitted batch(Source from) {
        return switch (decoder.decode(from.payload)) {
            case Decoded.Events(Envelope e, EventBatch events) ->
                isFrom(from, e) ? events(from, e, events) : mismatch(from, e);
            case Decoded.Gaps(Envelope e, List<Gap> gaps) -> isFrom(from, e) ? gaps(from, e, gaps) : mismatch(from, e);
            case Decoded.Unsupported(Envelope e, int _) ->
                isFrom(from, e)
                        ? new Admitted.Hold(from.address(e.stream().epoch()), WireDecoder.VERSION_MAX)
                        : mismatch(from, e);
            case Decoded.Undecodable(Envelope e, String reason) ->
                e != null && isFrom(from, e) ? undecodable(from, e, reason) : from.rejected("undecodable", reason);
        };
    }

    /** A sender may write only as itself: the topic is what the broker can check, so the envelope has to agree. */
    private static boolean isFrom(Source from, Envelope envelope) {
        StreamId stream = envelope.stream();
        return stream.site().equals(from.site)
                && stream.agent().equals(from.agent)
                && stream.lane().equals(from.lane);
    }

    private static Admitted mismatch(Source from, Envelope envelope) {
        return from.rejected(
                "wrong_sender",
                "the envelope says %s/%s lane %s, the topic says %s/%s lane %s"
                        .formatted(
                                envelope.stream().site(),
                                envelope.stream().agent(),
                                envelope.stream().lane(),
                                from.site,
                                from.agent,
                                from.lane));
    }

    private Admitted events(Source from, Envelope envelope, EventBatch events) {
        if (events.size() == 0 || envelope.firstSequence() == 0) {
            return from.rejected(
                    "empty",
                    "the batch holds %d events from sequence %d".formatted(events.size(), envelope.firstSequence()));
        }
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (int i = 0; i < events.size(); i++) {
            first = Math.min(first, events.timeMicros(i));
            last = Math.max(last, events.timeMicros(i));
        }
        Verdicts verdicts = judge.judge(from.site, from.agent, events, from.nowMicros);
        return settling(from, LogEntry.batch(envelope, first, last, verdicts, from.payload), envelope, events);
    }

    private static Admitted undecodable(Source from, Envelope envelope, String reason) {
        if (envelope.count() == 0 || envelope.count() > EventBatch.EVENTS_MAX || envelope.firstSequence() == 0) {
            return from.rejected("undecodable", reason);
        }
        LogEntry entry =
                LogEntry.rejectedInterval(envelope, from.nowMicros, "undecodable", reason, from.topic, from.payload);
        return settling(from, entry, envelope, null);
    }

    private static Admitted settling(Source from, LogEntry entry, Envelope envelope, @Nullable EventBatch events) {
        var settled = new Interval(envelope.firstSequence(), envelope.lastSequence());
        return new Admitted.Log(entry, events, from.address(envelope.stream().epoch()), List.of(settled));
    }

    private static Admitted gaps(Source from, Envelope envelope, List<Gap> gaps) {
        if (gaps.isEmpty()) {
            return from.rejected("empty", "the message declares no gap");
        }
        return new Admitted.Log(
                LogEntry.gaps(envelope, gaps, from.payload),
                null,
                from.address(envelope.stream().epoch()),
                gaps.stream().map(Gap::range).toList());
    }

    private Admitted plain(Source from, String metric) {
        try {
            PlainReading reading = PlainPayload.parse(from.payload);
            long timeMicros = reading.timeMicros() == null ? from.arrivedMicros : reading.timeMicros();
            EventBatch events = PlainEvents.batch(from.agent, metric, reading, timeMicros);
            LogEntry entry = LogEntry.plain(
                    from.site,
                    from.agent,
                    ids.epoch(from.site, from.agent, metric),
                    ids.sequence(reading, timeMicros),
                    timeMicros,
                    judge.judge(from.site, from.agent, events, from.nowMicros),
                    from.topic,
                    from.payload);
            return silent(entry, events);
        } catch (BadPayloadException e) {
            return from.rejected(e.reason(), e.detail());
        }
    }

    private static Admitted status(Source from) {
        if (from.payload.length == 0) {
            return new Admitted.Nothing();
        }
        try {
            AgentStatus status = StatusCodec.decode(from.payload);
            return silent(LogEntry.status(from.site, from.agent, status.sentAtMicros(), from.payload), null);
        } catch (MalformedMessageException e) {
            return from.rejected("malformed", String.valueOf(e.getMessage()));
        }
    }

    /** A topic below ours that means nothing: kept, so that a device with a typo in its topic is found. */
    private static Admitted strange(String topic, byte[] payload, long nowMicros) {
        return source(topic, payload, nowMicros)
                .rejected(
                        "wrong_topic",
                        "topic is not millrace/v1/SITE/DEVICE/event/METRIC, .../batch/LANE or .../status with names of 1 to %d bytes"
                                .formatted(Names.BYTES_MAX));
    }

    /** As far as the topic's levels can be names. */
    private static Source source(String topic, byte[] payload, long nowMicros) {
        String[] levels = topic.split("/", -1);
        return new Source(level(levels, 2), level(levels, 3), StreamId.PLAIN, topic, payload, nowMicros, nowMicros);
    }

    private static String level(String[] levels, int i) {
        try {
            return i < levels.length ? Names.check("name", levels[i]) : NOBODY;
        } catch (IllegalArgumentException e) {
            return NOBODY;
        }
    }
}
