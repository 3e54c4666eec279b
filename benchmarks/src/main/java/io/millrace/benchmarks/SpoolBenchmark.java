package io.millrace.benchmarks;

import io.millrace.agent.spool.SpoolUnavailableException;
import io.millrace.agent.uplink.Uplink;
import io.millrace.agent.uplink.UplinkConfig;
import io.millrace.model.Event;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Question: does the agent's spool keep up with anything that a gateway box can read, and how much of the disk's speed
 * and life does it cost?
 *
 * <p>Sketch: an event of 100 bytes is one {@code memcpy} and a share of a checksum that runs at some GB/s, so an append
 * should cost well below a microsecond and the disk should be the limit. SQLite builds a row and a B-tree entry, some 2
 * µs. A start reads one segment of 8 MiB and the ends of the others. If SQLite came within a factor of three, its
 * maturity would be worth more than our speed, and the spool should be one.
 */
final class SpoolBenchmark {
    private static final double EVENTS_PER_SECOND_GOAL = 1_000_000;
    private static final double TIMES_SQLITE_GOAL = 3;
    private static final double TIMES_RAW_GOAL = 0.5;
    private static final double OPEN_SECONDS_GOAL = 1;
    private static final double WRITTEN_PER_BYTE_GOAL = 1.2;

    private static final int EVENT_BYTES = 100;
    private static final int APPEND_EVENTS = 500;
    private static final int TEXTS = 20_000;
    private static final long SEED = 7;
    private static final int OPENINGS = 5;
    private static final int SEAL_BYTES = 57;
    private static final Duration DRAIN_MAX = Duration.ofMinutes(2);

    private final Path folder;
    private final List<List<Event>> appends = new ArrayList<>();
    private final Recording recording;
    private final Sizes sizes;
    private final List<Figure> figures = new ArrayList<>();

    /**
     * How much to measure.
     *
     * @param rounds of each appender, in turn
     * @param round how long each of them appends
     * @param spoolBytes of the spool that is opened and drained
     * @param readings that are drained, of a recording
     * @param steady how long events come at 1 MB/s; ten events a second come twice as long
     */
    record Sizes(int rounds, Duration round, long spoolBytes, long readings, Duration steady) {
        static final Sizes USUAL = new Sizes(3, Duration.ofSeconds(4), 1L << 30, 10_000_000, Duration.ofSeconds(10));
    }

    /**
     * @param folder an empty one on the disk to be measured
     * @param recording readings of sensors, for a backlog of numbers
     */
    SpoolBenchmark(Path folder, Recording recording, Sizes sizes) {
        this.folder = folder;
        this.recording = recording;
        this.sizes = sizes;
        var random = new SplittableRandom(SEED);
        for (int from = 0; from < TEXTS; from += APPEND_EVENTS) {
            appends.add(texts(from, random));
        }
    }

    /** Log lines, say: events whose value is 100 random characters, of eight series. */
    private static List<Event> texts(int from, SplittableRandom random) {
        var events = new ArrayList<Event>();
        for (int i = from; i < from + APPEND_EVENTS; i++) {
            var text = new StringBuilder();
            for (int k = 0; k < EVENT_BYTES; k++) {
                text.append((char) random.nextInt('!', '~'));
            }
            var series = new Series("machine-" + i % 8, "log", "");
            events.add(new Event(series, 1_700_000_000_000_000L + i, new Value.Text(text.toString()), Quality.GOOD));
        }
        return List.copyOf(events);
    }

    List<Figure> run() throws Exception {
        compareAppends();
        Path backlog = folder.resolve("backlog");
        fill(backlog);
        open(backlog);
        figures.add(Figure.atLeast(EVENTS_PER_SECOND_GOAL, "drain_events_per_second", drain(backlog)));
        drainReadings(folder.resolve("readings"));
        var steady = writeSteadily(folder.resolve("steady"), 10_000, 10, sizes.steady);
        figures.add(Figure.atMost(WRITTEN_PER_BYTE_GOAL, "written_per_byte_at_1_mb_per_s", steady.passed()));
        figures.add(Figure.told("device_per_byte_at_1_mb_per_s", steady.device()));
        var trickle = writeSteadily(folder.resolve("trickle"), 10, 1, sizes.steady.multipliedBy(2));
        figures.add(Figure.told("written_per_byte_at_10_events_per_s", trickle.passed()));
        figures.add(Figure.told("device_per_byte_at_10_events_per_s", trickle.device()));
        return figures;
    }

    @FunctionalInterface
    private interface Opening {
        DurableAppender open(Path folder) throws Exception;
    }

    private void compareAppends() throws Exception {
        var spool = new double[sizes.rounds];
        var sqlite = new double[sizes.rounds];
        var raw = new double[sizes.rounds];
        for (int round = 0; round < sizes.rounds; round++) {
            sqlite[round] = appendsPerSecond(SqliteAppender::new);
            raw[round] = appendsPerSecond(RawAppender::new);
            spool[round] = appendsPerSecond(SpoolAppender::new);
        }
        double rate = median(spool);
        figures.add(Figure.atLeast(EVENTS_PER_SECOND_GOAL, "append_events_per_second", rate));
        figures.add(Figure.told("append_sqlite_events_per_second", median(sqlite)));
        figures.add(Figure.told("append_raw_events_per_second", median(raw)));
        figures.add(Figure.atLeast(TIMES_SQLITE_GOAL, "append_to_sqlite_ratio", rate / median(sqlite)));
        figures.add(Figure.atLeast(TIMES_RAW_GOAL, "append_to_raw_ratio", rate / median(raw)));
    }

    /** Until the last event is on the disk. */
    private double appendsPerSecond(Opening opening) throws Exception {
        Path at = Files.createDirectory(folder.resolve("append"));
        try {
            long events = 0;
            long start;
            try (DurableAppender appender = opening.open(at)) {
                start = System.nanoTime();
                while (System.nanoTime() - start < sizes.round.toNanos()) {
                    appender.append(appends.get((int) (events / APPEND_EVENTS % appends.size())));
                    events += APPEND_EVENTS;
                }
            }
            return events * 1e9 / (System.nanoTime() - start);
        } finally {
            ScratchFolder.delete(at);
        }
    }

    private void fill(Path at) throws SpoolUnavailableException {
        try (var spool = new SpoolAppender(at)) {
            for (int i = 0; spool.bytes() < sizes.spoolBytes; i++) {
                spool.append(appends.get(i % appends.size()));
            }
        }
    }

    private void open(Path at) throws IOException, SpoolUnavailableException {
        cutLastSeal(at);
        double afterKill = secondsToOpen(at);
        var clean = new double[OPENINGS];
        for (int i = 0; i < OPENINGS; i++) {
            clean[i] = secondsToOpen(at);
        }
        figures.add(Figure.atMost(OPEN_SECONDS_GOAL, "open_after_kill_seconds", afterKill));
        figures.add(Figure.atMost(OPEN_SECONDS_GOAL, "open_seconds", median(clean)));
    }

    /** Leaves the folder as a kill does: nobody vouches for the last segment. */
    private static void cutLastSeal(Path at) throws IOException {
        try (Stream<Path> files = Files.list(at.resolve("telemetry"))) {
            Path last = files.filter(file -> file.toString().endsWith(".seg"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
            try (FileChannel file = FileChannel.open(last, StandardOpenOption.WRITE)) {
                file.truncate(file.size() - SEAL_BYTES);
            }
        }
    }

    private static double secondsToOpen(Path at) throws SpoolUnavailableException {
        long start = System.nanoTime();
        var spool = new SpoolAppender(at);
        long nanos = System.nanoTime() - start;
        spool.close();
        return nanos / 1e9;
    }

    /** Events per second from the spool, through the uplink and its encoder, to the last receipt. */
    private double drain(Path at) throws Exception {
        var to = new NullUplink();
        try (var spool = new SpoolAppender(at)) {
            long backlog = spool.events();
            var config = UplinkConfig.of(SpoolAppender.SITE, SpoolAppender.AGENT, "bench", Integer.MAX_VALUE);
            long start = System.nanoTime();
            try (var uplink =
                    new Uplink(config, spool.spool(), to, InstantSource.system(), new SplittableRandom(SEED))) {
                uplink.start();
                if (!uplink.awaitDrained(DRAIN_MAX)) {
                    throw new IllegalStateException("%d of %d events are left after %s, expected none: %s"
                            .formatted(spool.events(), backlog, DRAIN_MAX, uplink.metrics()));
                }
                double rate = backlog * 1e9 / (System.nanoTime() - start);
                if (to.events() < backlog) {
                    throw new IllegalStateException("%d events arrived, expected %d".formatted(to.events(), backlog));
                }
                return rate;
            }
        }
    }

    private void drainReadings(Path at) throws Exception {
        List<List<Event>> readings = recording.batches().stream()
                .map(batch -> List.copyOf(batch.events()))
                .toList();
        try (var spool = new SpoolAppender(at)) {
            for (long i = 0; i * readings.getFirst().size() < sizes.readings; i++) {
                spool.append(readings.get((int) (i % readings.size())));
            }
        }
        figures.add(Figure.atLeast(EVENTS_PER_SECOND_GOAL, "drain_readings_per_second", drain(at)));
    }

    /** Bytes written and bytes of pages made dirty per byte of payload, when events come at a steady rate. */
    private ProcessWrites.PerByte writeSteadily(Path at, int eventsPerSecond, int eventsAtOnce, Duration time)
            throws IOException, SpoolUnavailableException {
        ProcessWrites before = ProcessWrites.now();
        long events = 0;
        try (var spool = new SpoolAppender(at)) {
            long step = Duration.ofSeconds(1).toNanos() * eventsAtOnce / eventsPerSecond;
            long start = System.nanoTime();
            for (long due = start; due - start < time.toNanos(); due += step) {
                awaitNanoTime(due);
                List<Event> from = appends.get((int) (events / APPEND_EVENTS % appends.size()));
                int first = (int) (events % APPEND_EVENTS);
                spool.append(from.subList(first, first + eventsAtOnce));
                events += eventsAtOnce;
            }
        }
        return ProcessWrites.now().since(before).per(events * EVENT_BYTES);
    }

    private static void awaitNanoTime(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
