package io.millrace.store.log;

import io.millrace.model.Gap;
import io.millrace.model.Names;
import io.millrace.model.StreamId;
import io.millrace.model.wire.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the log: a message as it was received, what it is about, and what admission said of it. The factories
 * show which fields each kind uses; the others are empty, 0 or null.
 *
 * @param site empty in a tick or a retirement
 * @param agent of a plain device the device itself; empty in a tick
 * @param lane {@value StreamId#PLAIN} for plain devices; empty in a status or a tick
 * @param epoch of a plain device the 63-bit hash of site, device and metric
 * @param first sequence of the first event; of a plain device the 63-bit hash that identifies the reading
 * @param count events or gaps in the payload, at most {@value #COUNT_MAX}; in a tick: messages of plain devices that
 *     the broker dropped since the tick before
 * @param fromMicros earliest and {@code toMicros} latest event time, microseconds since 1970; in a tick both are the
 *     tick's time
 * @param backfill whether the batch was drained from a backlog, as its envelope says
 * @param topic MQTT topic of a plain or rejected message, else null
 * @param payload at most {@value EventLog#ENTRY_BYTES_MAX} bytes; not copied, so neither side changes it afterwards
 */
@SuppressWarnings("ArrayRecordComponent") // entries are handed over, never compared
public record LogEntry(
        EntryKind kind,
        String site,
        String agent,
        String lane,
        long epoch,
        long first,
        int count,
        long fromMicros,
        long toMicros,
        boolean backfill,
        Verdicts verdicts,
        @Nullable String topic,
        byte[] payload) {
    /** Above the largest batch and below what {@link Verdicts} can address. */
    public static final int COUNT_MAX = 65_535;

    public LogEntry {
        if (epoch < 0 || first < 0 || count < 0 || count > COUNT_MAX || first > Long.MAX_VALUE - count) {
            throw new IllegalArgumentException(
                    "log entry has epoch %d, first sequence %d and %d events, expected 0 or more and at most %d events"
                            .formatted(epoch, first, count, COUNT_MAX));
        }
        if (fromMicros > toMicros) {
            throw new IllegalArgumentException(
                    "log entry lasts from %d to %d microseconds, expected from <= to".formatted(fromMicros, toMicros));
        }
        if (payload.length > EventLog.ENTRY_BYTES_MAX) {
            throw new IllegalArgumentException("log entry has %d bytes of payload, expected at most %d"
                    .formatted(payload.length, EventLog.ENTRY_BYTES_MAX));
        }
        if (kind != EntryKind.TICK && kind != EntryKind.RETIRE) {
            Names.check("site", site);
            Names.check("agent", agent);
        }
    }

    /** A batch; {@code fromMicros} and {@code toMicros} are its earliest and latest event time. */
    public static LogEntry batch(Envelope envelope, long fromMicros, long toMicros, Verdicts verdicts, byte[] message) {
        return ofEnvelope(EntryKind.BATCH, envelope, fromMicros, toMicros, verdicts, message);
    }

    /** Declared gaps, at least one. */
    public static LogEntry gaps(Envelope envelope, List<Gap> gaps, byte[] message) {
        long from = gaps.stream().mapToLong(Gap::fromMicros).min().orElse(0);
        long to = gaps.stream().mapToLong(Gap::toMicros).max().orElse(0);
        return ofEnvelope(EntryKind.GAPS, envelope, from, to, Verdicts.NONE, message);
    }

    private static LogEntry ofEnvelope(
            EntryKind kind, Envelope e, long fromMicros, long toMicros, Verdicts verdicts, byte[] message) {
        StreamId s = e.stream();
        return new LogEntry(
                kind,
                s.site(),
                s.agent(),
                s.lane(),
                s.epoch(),
                e.firstSequence(),
                e.count(),
                fromMicros,
                toMicros,
                e.backfill(),
                verdicts,
                null,
                message);
    }

    /** An agent's status; {@code sentAtMicros} is the agent's clock. */
    public static LogEntry status(String site, String agent, long sentAtMicros, byte[] message) {
        return new LogEntry(
                EntryKind.STATUS,
                site,
                agent,
                "",
                0,
                0,
                0,
                sentAtMicros,
                sentAtMicros,
                false,
                Verdicts.NONE,
                null,
                message);
    }

    /**
     * One reading of a plain device.
     *
     * @param epoch 63-bit hash of site, device and metric
     * @param sequence 63-bit hash of the reading's id, or of its time and value
     * @param timeMicros the resolved event time
     * @param verdicts {@link Verdicts#NONE}, or one on event 0
     */
    public static LogEntry plain(
            String site,
            String device,
            long epoch,
            long sequence,
            long timeMicros,
            Verdicts verdicts,
            String topic,
            byte[] message) {
        return new LogEntry(
                EntryKind.PLAIN,
                site,
                device,
                StreamId.PLAIN,
                epoch,
                sequence,
                1,
                timeMicros,
                timeMicros,
                false,
                verdicts,
                topic,
                message);
    }

    /** A batch message that cannot be decoded but whose envelope can be trusted: the interval becomes dead letters. */
    public static LogEntry rejectedInterval(
            Envelope envelope, long atMicros, String reason, String detail, String topic, byte[] message) {
        StreamId s = envelope.stream();
        return new LogEntry(
                EntryKind.REJECTED,
                s.site(),
                s.agent(),
                s.lane(),
                s.epoch(),
                envelope.firstSequence(),
                envelope.count(),
                atMicros,
                atMicros,
                false,
                Verdicts.deadLetter(envelope.count(), reason, detail),
                topic,
                message);
    }

    /**
     * A message that cannot be used and of which no sequence is known.
     *
     * @param lane as the topic says; {@value StreamId#PLAIN} counts it among the plain devices' dead letters
     * @param atMicros when it arrived
     */
    public static LogEntry rejected(
            String site,
            String agent,
            String lane,
            long atMicros,
            String reason,
            String detail,
            String topic,
            byte[] message) {
        return new LogEntry(
                EntryKind.REJECTED,
                site,
                agent,
                lane,
                0,
                0,
                0,
                atMicros,
                atMicros,
                false,
                Verdicts.deadLetter(0, reason, detail),
                topic,
                message);
    }

    /**
     * Time passed.
     *
     * @param atMicros the tick's time, microseconds since 1970
     * @param brokerDropped messages of plain devices that the broker dropped since the tick before
     * @param payload what projections agree on with the gateway, such as {@code not_receiving since}; may be empty
     */
    public static LogEntry tick(long atMicros, int brokerDropped, byte[] payload) {
        return new LogEntry(
                EntryKind.TICK,
                "",
                "",
                "",
                0,
                0,
                brokerDropped,
                atMicros,
                atMicros,
                false,
                Verdicts.NONE,
                null,
                payload);
    }

    /** A step of retention; both times are the floor. */
    static LogEntry retire(long floorMicros, byte[] payload) {
        return tick(floorMicros, 0, payload).as(EntryKind.RETIRE, payload);
    }

    /** The same entry of another kind with another payload, as one that comes beside the live ones. */
    LogEntry again(EntryKind otherKind, byte[] otherPayload) {
        return as(otherKind, true, otherPayload);
    }

    /** The same entry of another kind with another payload. */
    LogEntry as(EntryKind otherKind, byte[] otherPayload) {
        return as(otherKind, backfill, otherPayload);
    }

    private LogEntry as(EntryKind otherKind, boolean isBackfill, byte[] otherPayload) {
        return new LogEntry(
                otherKind,
                site,
                agent,
                lane,
                epoch,
                first,
                count,
                fromMicros,
                toMicros,
                isBackfill,
                verdicts,
                topic,
                otherPayload);
    }

    /** The stream of a batch, gaps, a plain reading or a rejected interval. */
    public StreamId stream() {
        return new StreamId(site, agent, lane, epoch);
    }
}
