package io.millrace.simulator.run;

import io.millrace.agent.spool.AppendResult;
import io.millrace.agent.spool.LaneConfig;
import io.millrace.agent.spool.LaneSpool;
import io.millrace.agent.spool.Spool;
import io.millrace.agent.spool.SpoolConfig;
import io.millrace.agent.spool.SpoolMemory;
import io.millrace.agent.spool.SpoolUnavailableException;
import io.millrace.agent.spool.SyncPolicy;
import io.millrace.agent.spool.WhenFull;
import io.millrace.agent.uplink.Uplink;
import io.millrace.agent.uplink.UplinkConfig;
import io.millrace.model.Event;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.mqtt.Connections;
import io.millrace.simulator.mqtt.Line;
import io.millrace.simulator.mqtt.NettyLinks;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One agent without a box: the product's spool, in memory, and its uplink, fed by the schedule instead of inputs. Its
 * event loop owns it, on which its uplink and its connections are too.
 */
final class VirtualAgent implements AutoCloseable {
    private static final String LANE = "telemetry";
    private static final long SPOOL_BYTES = LaneConfig.BYTES_MAX_MIN;
    private static final int APPEND_EVENTS_MAX = 500;

    private final Population population;
    private final Fleet fleet;
    private final int unit;
    private final Tally tally;
    private final Series[] series;
    private final Spool spool;
    private final LaneSpool lane;
    private final Uplink uplink;
    private volatile @Nullable RunClock clock;
    private final Connections.Loop loop;
    private final Line line;
    private final AtomicLong next = new AtomicLong();
    private boolean connected;

    /** When it wants to be fed, in microseconds since the run began; the feeder's. */
    long wakeMicros;

    /**
     * @param feeder on whose loop it lives
     * @param memory shared by all agents; with an eighth of it left, they take no more
     * @throws SpoolUnavailableException if there is no room even to begin
     */
    VirtualAgent(
            Population population,
            Fleet fleet,
            int unit,
            SpoolMemory memory,
            long freeBytesMin,
            AgentFeeder feeder,
            Tally tally,
            FaultyMessages faulty,
            InstantSource wall,
            LongSupplier nanoTime)
            throws SpoolUnavailableException {
        this.population = population;
        this.fleet = fleet;
        this.unit = unit;
        this.tally = tally;
        String name = fleet.unitName(unit);
        this.series = series(fleet, unit);
        var kept = new LaneConfig(LANE, new SyncPolicy.Never(), SPOOL_BYTES, freeBytesMin, null, WhenFull.BLOCK);
        spool = Spool.inMemory(new SpoolConfig(Path.of(name), population.site(), name, List.of(kept)), wall, memory);
        lane = spool.lane(LANE);
        this.loop = feeder.loop();
        line = loop.line(nanoTime);
        uplink = new Uplink(
                UplinkConfig.of(population.site(), name, "simulator", Integer.MAX_VALUE),
                spool,
                new ReceiptWatch(
                        new NettyLinks(line), lane.stream().epoch(), tally, this::receipted, faulty, loop::after),
                feeder.encoder(),
                wall,
                new SplittableRandom(population.seed() + unit));
    }

    private static Series[] series(Fleet fleet, int unit) {
        int metrics = fleet.metrics().size();
        var all = new Series[fleet.devicesPerUnit() * metrics];
        for (int i = 0; i < all.length; i++) {
            var metric = fleet.metrics().get(i % metrics);
            all[i] = new Series(fleet.deviceName(unit, i / metrics), metric.name(), metric.unit());
        }
        return all;
    }

    Fleet fleet() {
        return fleet;
    }

    int unit() {
        return unit;
    }

    /** On which faults happen. */
    Line line() {
        return line;
    }

    /** Begins to connect; with a ramp, feeding does that when the time has come. */
    void connect() {
        connected = true;
        uplink.start(loop.executor());
    }

    /** The schedule begins. */
    void begin(RunClock started) {
        clock = started;
        wakeMicros = connected ? fleet.offsetMicros(population.seed(), unit, 0) : fleet.onMicros(unit);
    }

    /** Events that were handed to the spool. */
    long sent() {
        return next.get();
    }

    /**
     * Appends what is due.
     *
     * @return when to call again, in microseconds since the run began; {@link Long#MAX_VALUE} if all is sent
     */
    long feed(RunClock at, long retryMicros) {
        if (!connected) {
            connect();
        }
        long end = fleet.eventsOf(unit, population.horizonMicros());
        long now = at.offsetMicros();
        List<Event> due = due(at, now, end);
        if (!due.isEmpty()) {
            switch (lane.append(due, null)) {
                case AppendResult.Accepted _ -> {
                    next.addAndGet(due.size());
                    tally.sent(due.size(), now);
                }
                case AppendResult.Full _ -> {
                    return now + retryMicros;
                }
                case AppendResult.Dropped _ ->
                    throw new IllegalStateException(
                            "a spool that blocks when full dropped events of agent " + fleet.unitName(unit));
            }
        }
        return next.get() >= end ? Long.MAX_VALUE : fleet.offsetMicros(population.seed(), unit, sampleOf(next.get()));
    }

    private List<Event> due(RunClock at, long now, long end) {
        List<Event> due = new ArrayList<>();
        int metrics = fleet.metrics().size();
        for (long event = next.get(); event < end && due.size() < APPEND_EVENTS_MAX; event++) {
            long sample = sampleOf(event);
            long offset = fleet.offsetMicros(population.seed(), unit, sample);
            if (offset > now) {
                break;
            }
            int metric = (int) (event % metrics);
            due.add(new Event(
                    series[fleet.deviceOf(sample) * metrics + metric],
                    at.startWallMicros() + fleet.stampMicros(population.seed(), unit, sample),
                    fleet.value(population.seed(), unit, sample, metric),
                    Quality.GOOD));
        }
        return due;
    }

    private long sampleOf(long event) {
        return event / fleet.metrics().size();
    }

    /** Sequence {@code s} is event {@code s - 1}: nothing is refused or dropped here. */
    private void receipted(long sequence) {
        RunClock at = clock;
        if (at != null) {
            tally.acknowledged(at.offsetMicros() - fleet.offsetMicros(population.seed(), unit, sampleOf(sequence - 1)));
        }
    }

    @Override
    public void close() {
        uplink.close();
        spool.close();
    }
}
