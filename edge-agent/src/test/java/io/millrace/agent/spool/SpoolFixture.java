package io.millrace.agent.spool;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;

/** Spools on a disk in memory, with time in the test's hand. */
public final class SpoolFixture {
    static final Path DIRECTORY = Path.of("/spool");
    static final UUID BOOT = new UUID(1, 1);
    static final UUID NEXT_BOOT = new UUID(2, 2);
    static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    static final long MIB = 1024 * 1024;

    private static final Series[] SERIES = {
        new Series("pump-1", "pressure", "bar"), new Series("pump-1", "on", ""), new Series("pump/2", "text", "°C")
    };

    private SpoolFixture() {}

    static SpoolConfig config(SyncPolicy sync, long bytesMax, WhenFull whenFull) {
        return new SpoolConfig(DIRECTORY, "plant-1", "gw-7", List.of("telemetry"), sync, bytesMax, 1000, whenFull);
    }

    static SpoolConfig usual() {
        return config(new SyncPolicy.Every(Duration.ofMillis(500)), 16 * MIB, WhenFull.BLOCK);
    }

    /** A clock that stands unless it is moved. */
    public static final class ManualTime {
        private long nanos = 1;
        private Duration wallOffset = Duration.ZERO;

        public void forward(Duration by) {
            nanos += by.toNanos();
        }

        /** Sets the wall clock only: somebody did, or time came from the network. */
        public void jumpWall(Duration by) {
            wallOffset = wallOffset.plus(by);
        }

        public InstantSource wall() {
            return () -> NOON.plusNanos(nanos).plus(wallOffset);
        }

        public long nanos() {
            return nanos;
        }
    }

    static Spool open(Disk disk, SpoolConfig config, UUID boot, long seed, ManualTime time)
            throws SpoolUnavailableException {
        var environment = new SpoolEnvironment(disk, time.wall(), time::nanos, new SplittableRandom(seed), boot);
        return Spool.open(config, environment, SpoolLock.none());
    }

    /** A spool in memory of two lanes, {@code alarm} and {@code telemetry}, with no thread of its own. */
    public static Spool inMemory(ManualTime time) throws SpoolUnavailableException {
        return inMemory(time, 64 * MIB);
    }

    /** As {@link #inMemory(ManualTime)} of this size; a segment is an eighth of what its lane has. */
    public static Spool inMemory(ManualTime time, long bytesMax) throws SpoolUnavailableException {
        return inMemory(new FaultyDisk(new SplittableRandom(1)), time, 1, bytesMax);
    }

    static Spool inMemory(Disk disk, ManualTime time, long seed) throws SpoolUnavailableException {
        return inMemory(disk, time, seed, 64 * MIB);
    }

    private static Spool inMemory(Disk disk, ManualTime time, long seed, long bytesMax)
            throws SpoolUnavailableException {
        var config = new SpoolConfig(
                DIRECTORY,
                "plant-1",
                "gw-7",
                List.of("alarm", "telemetry"),
                new SyncPolicy.Never(),
                bytesMax,
                0,
                WhenFull.BLOCK);
        return open(disk, config, BOOT, seed, time);
    }

    static Spool open(Disk disk, UUID boot, long seed) throws SpoolUnavailableException {
        return open(disk, usual(), boot, seed, new ManualTime());
    }

    /** The n-th event of a test: same n, same event. */
    static Event event(long n) {
        Value value = switch ((int) (n % 4)) {
            case 0 -> new Value.Numeric(n / 7.0);
            case 1 -> new Value.Whole(n * 1_000_003 * (n % 8 < 4 ? 1 : -1));
            case 2 -> new Value.Bool(n % 8 < 4);
            default -> new Value.Text("text " + "ä".repeat((int) (n % 50)));
        };
        return new Event(
                SERIES[(int) (n % SERIES.length)], 1_700_000_000_000_000L + n * 1000, value, Quality.ofCode((int)
                        (n % 3)));
    }

    public static List<Event> events(long from, int count) {
        return IntStream.range(0, count).mapToObj(i -> event(from + i)).toList();
    }

    static List<Event> texts(int count, int chars) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Event(SERIES[2], i, new Value.Text("x".repeat(chars)), Quality.GOOD))
                .toList();
    }

    static InputState state(long n) {
        return new InputState("csv", Long.toString(n).getBytes(StandardCharsets.US_ASCII));
    }

    static long stateOf(Spool spool) {
        byte[] bytes = spool.inputState("csv");
        return bytes == null ? 0 : Long.parseLong(new String(bytes, StandardCharsets.US_ASCII));
    }

    /** All that a lane still holds, as a reader meets it. */
    record Content(Map<Long, Map<Long, Event>> eventsByEpoch, List<Gap> refused, List<Gap> declared) {
        Map<Long, Event> of(long epoch) {
            return eventsByEpoch.getOrDefault(epoch, Map.of());
        }

        IntervalSet gapsOf(long epoch) {
            var set = new IntervalSet();
            for (Gap gap : declared) {
                if (gap.stream().epoch() == epoch) {
                    set.add(gap.range());
                }
            }
            refused.forEach(gap -> {
                if (gap.stream().epoch() == epoch) {
                    set.add(gap.range());
                }
            });
            return set;
        }
    }

    static Content read(LaneSpool lane) {
        lane.flush();
        var events = new HashMap<Long, Map<Long, Event>>();
        var refused = new ArrayList<Gap>();
        try (Cursor cursor = lane.cursor(Position.START)) {
            while (true) {
                switch (cursor.next(500, 100_000, new Position(Long.MAX_VALUE, 0))) {
                    case Spooled.Events(var stream, long first, EventBatch batch) -> {
                        Map<Long, Event> of = events.computeIfAbsent(stream.epoch(), _ -> new HashMap<>());
                        for (int i = 0; i < batch.size(); i++) {
                            of.put(first + i, batch.event(i));
                        }
                    }
                    case Spooled.Refused(Gap gap) -> refused.add(gap);
                    case Spooled.Nothing _ -> {
                        return new Content(events, refused, lane.gaps());
                    }
                }
            }
        }
    }

    static List<Interval> upTo(long last) {
        return List.of(new Interval(1, last));
    }
}
