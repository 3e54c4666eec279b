package io.millrace.benchmarks;

import io.millrace.agent.spool.AppendResult;
import io.millrace.agent.spool.LaneSpool;
import io.millrace.agent.spool.Spool;
import io.millrace.agent.spool.SpoolConfig;
import io.millrace.agent.spool.SpoolUnavailableException;
import io.millrace.agent.spool.SyncPolicy;
import io.millrace.agent.spool.WhenFull;
import io.millrace.agent.uplink.Uplink;
import io.millrace.agent.uplink.UplinkConfig;
import io.millrace.agent.uplink.paho.PahoLinks;
import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Interval;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * One agent under load: the product's own spool and uplink, fed by the benchmark instead of a sensor. One thread owns
 * it.
 */
final class LoadAgent implements AutoCloseable {
    /** Events an input hands over at once: eight lines of eight metrics. */
    private static final int APPEND_EVENTS = 64;

    private static final int LINE_EVENTS = 8;

    /** Held events at which a feeder at full speed waits: enough for a full window, too little to be a backlog. */
    private static final long HELD_MAX = 100_000;

    private record Appended(long accepted, long nanos) {}

    private record Fresh(Interval sequences, long nanos) {}

    private final Spool spool;
    private final LaneSpool lane;
    private final Uplink uplink;
    private final List<Event> recording;
    private final ArrayDeque<Appended> underWay = new ArrayDeque<>();
    private final ArrayDeque<Fresh> fresh = new ArrayDeque<>();
    private int next;

    /**
     * Sends nothing before {@link #start}.
     *
     * @param recording its values are played over and over
     */
    LoadAgent(Path folder, String name, URI broker, Recording recording) throws SpoolUnavailableException {
        var config = new SpoolConfig(
                folder,
                "bench",
                name,
                List.of("telemetry"),
                new SyncPolicy.Every(Duration.ofMillis(500)),
                1L << 30,
                0,
                WhenFull.BLOCK);
        spool = Spool.open(config, InstantSource.system());
        lane = spool.lane("telemetry");
        uplink = new Uplink(
                UplinkConfig.of("bench", name, "bench", Integer.MAX_VALUE),
                spool,
                new PahoLinks(broker),
                InstantSource.system(),
                new SplittableRandom(name.hashCode()));
        var events = new ArrayList<Event>();
        recording.batches().forEach((EventBatch batch) -> events.addAll(batch.events()));
        this.recording = List.copyOf(events);
    }

    void start() {
        uplink.start();
    }

    /** Appends events of the past, equally spread over it, as an agent does that nobody listens to. */
    void fill(long events, Duration past) {
        long nowMicros = nowMicros();
        long pastMicros = TimeUnit.MICROSECONDS.convert(past);
        for (long done = 0; done < events; done += APPEND_EVENTS) {
            append(
                    (int) Math.min(APPEND_EVENTS, events - done),
                    nowMicros - pastMicros + (long) ((double) done / events * pastMicros));
        }
    }

    /** Appends readings of now, to be looked for by {@link #drainFreshDelays}. */
    void appendFresh(int events, long nanos) {
        long first = append(events, nowMicros());
        fresh.add(new Fresh(new Interval(first, first + events - 1), nanos));
    }

    /** Tells the delay, in nanoseconds, of each fresh append that has its receipt since the last call. */
    void drainFreshDelays(long nowNanos, LongConsumer delays) {
        long epoch = lane.stream().epoch();
        fresh.removeIf(append -> {
            boolean receipted = lane.isSettled(epoch, append.sequences());
            if (receipted) {
                delays.accept(nowNanos - append.nanos());
            }
            return receipted;
        });
    }

    /** Fresh events without a receipt, as of the last {@link #drainFreshDelays}. */
    long heldFresh() {
        return fresh.stream().mapToLong(append -> append.sequences().count()).sum();
    }

    long spoolBytes() {
        return lane.metrics().bytes();
    }

    /** Appends the next events unless enough are under way; returns how many. */
    int feed(long nowNanos) {
        if (held() > HELD_MAX) {
            return 0;
        }
        append(APPEND_EVENTS, nowMicros());
        underWay.add(new Appended(lane.metrics().eventsAccepted(), nowNanos));
        return APPEND_EVENTS;
    }

    /** Returns the first one's sequence. */
    private long append(int count, long timeMicros) {
        List<Event> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Event event = recording.get(next);
            events.add(new Event(event.series(), timeMicros + i / LINE_EVENTS, event.value(), event.quality()));
            next = (next + 1) % recording.size();
        }
        if (!(lane.append(events, null) instanceof AppendResult.Accepted accepted)) {
            throw new IllegalStateException("the spool took no events, expected room for them: " + lane.metrics());
        }
        return accepted.firstSequence();
    }

    private static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Not covered by a receipt yet. */
    long held() {
        return lane.metrics().eventsHeld();
    }

    /** Covered by receipts since the start. */
    long receipted() {
        var metrics = lane.metrics();
        return metrics.eventsAccepted() - metrics.eventsHeld();
    }

    /** Tells the delay, in nanoseconds, of each append that receipts cover since the last call. */
    void drainDelays(long nowNanos, LongConsumer delays) {
        long receipted = receipted();
        while (!underWay.isEmpty() && underWay.peek().accepted() <= receipted) {
            delays.accept(nowNanos - underWay.remove().nanos());
        }
    }

    @Override
    public void close() {
        uplink.close();
        spool.close();
    }
}
