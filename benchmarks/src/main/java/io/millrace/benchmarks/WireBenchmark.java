package io.millrace.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.model.EventBatch;
import io.millrace.model.StreamId;
import io.millrace.model.Topics;
import io.millrace.model.wire.Decoded;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.WireDecoder;
import io.millrace.model.wire.WireEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Question: what does a reading cost on the uplink, everything counted, and can one core keep up with a fleet?
 *
 * <p>Sketch: of a SKAB line of eight values about 83 bits are noise that nothing can shrink: 1.3 bytes an event. MQTT
 * header (48 bytes), envelope (62), names (120) and column heads are shared by 500 events: 0.5 bytes. So 2 bytes an
 * event, against 95 as JSON. Encoding makes a few passes over longs in the cache, each about 1 ns an event, and three
 * divisions for the decimals: 50 to 100 ns, 10 to 20 million events/s.
 *
 * <p>What would change our mind: above 2.5 bytes, a general compressor over simple columns is the better trade. Below 5
 * million events/s on a core the format would limit the gateway before the store does, and has to become simpler.
 */
final class WireBenchmark {
    private static final long EPOCH = 0x5EED_5EED_5EED_5EEDL;
    private static final StreamId STREAM = new StreamId("plant-1", "gw-7", "telemetry", EPOCH);
    private static final long SENT_AT_MICROS = 1_790_000_000_123_456L;
    private static final long SENT_MONOTONIC_MICROS = 86_400_123_456L;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int WARM_UP_ROUNDS = 3;
    private static final int ROUNDS = 5;

    private final long roundNanos;
    private final WireEncoder encoder = new WireEncoder();
    private final WireDecoder decoder = new WireDecoder();

    /** @param roundNanos how long each of the eight rounds of a rate takes, of this thread's processor time */
    WireBenchmark(long roundNanos) {
        this.roundNanos = roundNanos;
    }

    /** A batch with what it becomes on the wire. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sample(Envelope envelope, EventBatch batch, byte[] message) {}

    /** Bytes of one recording or of all, MQTT headers included. */
    record Sizes(String name, long events, long wireBytes, long jsonBytes) {
        double wireBytesPerEvent() {
            return (double) wireBytes / events;
        }

        double jsonBytesPerEvent() {
            return (double) jsonBytes / events;
        }
    }

    Sizes sizes(Recording recording) throws IOException {
        long wireBytes = 0;
        long jsonBytes = 0;
        for (Sample sample : samples(recording)) {
            check(sample);
            wireBytes += mqttBytes(sample.message.length);
            jsonBytes += mqttBytes(json(sample.batch).length);
        }
        return new Sizes(recording.name(), recording.events(), wireBytes, jsonBytes);
    }

    double encodedEventsPerSecond(List<Recording> recordings) {
        return eventsPerSecond(recordings, sample -> encoder.encode(sample.envelope, sample.batch).length);
    }

    double decodedEventsPerSecond(List<Recording> recordings) {
        return eventsPerSecond(
                recordings,
                sample -> decoder.decode(sample.message) instanceof Decoded.Events events
                        ? events.events().size()
                        : 0);
    }

    /**
     * The median of a few rounds once the just-in-time compiler is through. Time is this thread's own on the processor,
     * so that a figure is of one core, whatever else runs on the machine.
     */
    private double eventsPerSecond(List<Recording> recordings, ToIntFunction<Sample> work) {
        List<Sample> samples =
                recordings.stream().flatMap(r -> samples(r).stream()).toList();
        double[] rates = new double[WARM_UP_ROUNDS + ROUNDS];
        long results = 0;
        for (int round = 0; round < rates.length; round++) {
            long events = 0;
            long start = THREADS.getCurrentThreadCpuTime();
            long elapsed = 0;
            while (elapsed < roundNanos) {
                for (Sample sample : samples) {
                    results += work.applyAsInt(sample);
                    events += sample.batch.size();
                }
                elapsed = THREADS.getCurrentThreadCpuTime() - start;
            }
            rates[round] = events * 1e9 / elapsed;
        }
        if (results == 0) {
            throw new IllegalStateException("the work has no result, so it may not have been done");
        }
        Arrays.sort(rates, WARM_UP_ROUNDS, rates.length);
        return rates[WARM_UP_ROUNDS + ROUNDS / 2];
    }

    private List<Sample> samples(Recording recording) {
        var samples = new ArrayList<Sample>();
        long sequence = 1;
        for (EventBatch batch : recording.batches()) {
            var envelope = new Envelope(
                    STREAM,
                    sequence,
                    batch.size(),
                    false,
                    SENT_AT_MICROS + sequence,
                    SENT_MONOTONIC_MICROS + sequence,
                    null);
            samples.add(new Sample(envelope, batch, encoder.encode(envelope, batch)));
            sequence += batch.size();
        }
        return samples;
    }

    private void check(Sample sample) {
        Decoded decoded = decoder.decode(sample.message);
        if (!decoded.equals(new Decoded.Events(sample.envelope, sample.batch))) {
            throw new IllegalStateException(
                    "batch from sequence %d does not decode to itself".formatted(sample.envelope.firstSequence()));
        }
    }

    /** Size of an MQTT 5 PUBLISH, QoS 1, without properties (MQTT 5.0, section 3.3). */
    static int mqttBytes(int payloadBytes) {
        byte[] topic =
                Topics.batch(STREAM.site(), STREAM.agent(), STREAM.lane()).getBytes(StandardCharsets.UTF_8);
        int rest = 2 + topic.length + 2 + 1 + payloadBytes;
        int lengthBytes = rest < 1 << 7 ? 1 : rest < 1 << 14 ? 2 : rest < 1 << 21 ? 3 : 4;
        return 1 + lengthBytes + rest;
    }

    /** The same batch as one would send it by hand: an array of objects. */
    private static byte[] json(EventBatch batch) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartArray();
            for (int i = 0; i < batch.size(); i++) {
                json.writeStartObject();
                json.writeStringField(
                        "ts",
                        Instant.EPOCH
                                .plus(batch.timeMicros(i), ChronoUnit.MICROS)
                                .toString());
                json.writeStringField("device", batch.series(i).device());
                json.writeStringField("metric", batch.series(i).metric());
                json.writeNumberField("value", batch.number(i));
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        return bytes.toByteArray();
    }
}
