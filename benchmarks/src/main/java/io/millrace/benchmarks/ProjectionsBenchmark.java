package io.millrace.benchmarks;

import io.millrace.model.Glob;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.projections.Aggregate;
import io.millrace.projections.AlertTransition;
import io.millrace.projections.ClosedWindow;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.Engine;
import io.millrace.projections.Limits;
import io.millrace.projections.Output;
import io.millrace.projections.Rule;
import io.millrace.projections.Rule.WindowValue;
import io.millrace.projections.Rules;
import io.millrace.projections.Severity;
import io.millrace.projections.StaleWindow;
import io.millrace.projections.WindowSpec;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Question: does one core keep up with a plant of 100 000 series, and does its state fit a small machine?
 *
 * <p>Sketch: a reading is a lookup, some 20 additions and comparisons in a window, and one threshold a minute; with
 * 100 000 series every object that it touches may miss the caches, at about 100 ns each: series, strip and window, in any
 * order hash table and name besides. So 3 million readings a second should be within reach, and hardly more than 10. Below
 * 1 million the engine, not the log, would bound the gateway.
 *
 * <p>Series send one reading every six seconds, 500 of one agent after the other, as batches bring them: always in the
 * same order, and then in another than that in which they first came; a tick each second. Rates are of the thread's processor time. State is the heap after a collection, less that before, with one
 * window open for each series; then with those that are kept for late readings.
 */
final class ProjectionsBenchmark {
    private static final int SERIES_PER_AGENT = 500;
    private static final long SECOND = 1_000_000L;
    private static final long START = 1_767_225_600L * SECOND;
    private static final int SECONDS_PER_READING = 6;
    private static final int ROUNDS_WARM = 2;
    private static final int ROUNDS = 5;

    /** Windows closed in one round. */
    private static final int MINUTES_PER_ROUND = 2;

    private static final Rules RULES = new Rules(List.of(new Rule(
            "hot",
            Glob.ANY,
            Glob.ANY,
            Optional.of(new WindowValue(WindowSpec.ONE_MINUTE, Aggregate.MEAN)),
            new Threshold(Side.ABOVE, 80, 78, 0),
            Severity.MAJOR)));

    private final Series[] series;
    private final String[] agents;
    private final double[] values;
    private final int[] inOrder;

    /** Agents in another order, and the series of each. */
    private final int[] mixed;

    private final Engine engine;
    private long second;
    private long position;
    private final Counted out = new Counted();

    private static final class Counted implements Output {
        private long readings;
        private long transitions;

        @Override
        public void window(ClosedWindow window) {
            readings += window.version() == 1 ? window.values().count() : 0;
        }

        @Override
        public void stale(StaleWindow window) {}

        @Override
        public void transition(AlertTransition transition) {
            transitions++;
        }
    }

    ProjectionsBenchmark(int seriesCount) {
        series = new Series[seriesCount];
        agents = new String[seriesCount];
        values = new double[4096];
        for (int i = 0; i < seriesCount; i++) {
            series[i] = new Series("device-" + i, "temperature", "°C");
            agents[i] = ("gw-" + i / SERIES_PER_AGENT).intern();
        }
        var random = new SplittableRandom(1);
        Arrays.setAll(values, _ -> 60 + 30 * random.nextDouble());
        inOrder = IntStream.range(0, seriesCount).toArray();
        mixed = mixed(seriesCount, random);
        engine = new Engine(RULES, Limits.DEFAULT);
    }

    private static int[] mixed(int seriesCount, SplittableRandom random) {
        var agents = new ArrayList<List<Integer>>();
        for (int first = 0; first < seriesCount; first += SERIES_PER_AGENT) {
            var ofAgent = new ArrayList<Integer>();
            for (int i = first; i < Math.min(seriesCount, first + SERIES_PER_AGENT); i++) {
                ofAgent.add(i);
            }
            Collections.shuffle(ofAgent, random);
            agents.add(ofAgent);
        }
        Collections.shuffle(agents, random);
        return agents.stream().flatMap(List::stream).mapToInt(i -> i).toArray();
    }

    List<Figure> run() {
        long before = heapBytes();
        firstReadings();
        double open = (double) (heapBytes() - before) / series.length;
        double[] rates = rates(inOrder);
        double[] mixedRates = rates(mixed);
        double kept = (double) (heapBytes() - before) / series.length;
        double windowsKept = (double) engine.stats().windows() / series.length;
        long snapshotStart = cpuNanos();
        double snapshotBytes = (double) engine.snapshot().length / series.length;
        double snapshotSeconds = (cpuNanos() - snapshotStart) / 1e9;
        check();
        return List.of(
                Figure.atLeast(3_000_000, "events_per_second", rates[ROUNDS / 2]),
                Figure.told("events_per_second_worst_round", rates[0]),
                Figure.told("events_per_second_in_mixed_order", mixedRates[ROUNDS / 2]),
                Figure.atMost(300, "state_bytes_per_series_and_open_window", open),
                Figure.told("state_bytes_per_series_with_windows_kept", kept),
                Figure.told("windows_kept_per_series", windowsKept),
                Figure.told("snapshot_bytes_per_series", snapshotBytes),
                Figure.told("snapshot_seconds", snapshotSeconds),
                Figure.told("transitions_per_million_events", 1e6 * out.transitions / Math.max(1, out.readings)));
    }

    /** Of each round, the slowest first. */
    private double[] rates(int[] order) {
        double[] rates = new double[ROUNDS];
        for (int round = -ROUNDS_WARM; round < ROUNDS; round++) {
            double rate = round(MINUTES_PER_ROUND, order);
            if (round >= 0) {
                rates[round] = rate;
            }
        }
        Arrays.sort(rates);
        return rates;
    }

    /** One reading of each series. */
    private void firstReadings() {
        for (int i = 0; i < series.length; i++) {
            reading(i, i, 0);
        }
        tick();
    }

    /** Readings a second of processor time. */
    private double round(int minutes, int[] order) {
        long start = cpuNanos();
        long readings = 0;
        for (int s = 0; s < minutes * 60; s++) {
            int first = s % SECONDS_PER_READING * (series.length / SECONDS_PER_READING);
            int last = s % SECONDS_PER_READING == SECONDS_PER_READING - 1
                    ? series.length
                    : first + series.length / SECONDS_PER_READING;
            for (int i = first; i < last; i++) {
                reading(i, order[i], s);
            }
            readings += last - first;
            tick();
        }
        return readings / ((cpuNanos() - start) / 1e9);
    }

    private void reading(int n, int i, int salt) {
        if (n % SERIES_PER_AGENT == 0) {
            position++;
        }
        double value = values[(i * 31 + salt * 17 & Integer.MAX_VALUE) % values.length];
        long time = START + second * SECOND;
        engine.event(position, "plant-1", agents[i], series[i], time, value, Quality.GOOD, false, false, out);
    }

    private void tick() {
        position++;
        second++;
        engine.tick(position, START + second * SECOND, out);
    }

    /** What was not counted must not count as fast. */
    private void check() {
        long minutes = second / 60;
        long expected = series.length * (minutes - 1) * (60 / SECONDS_PER_READING);
        if (out.readings < expected
                || engine.stats().late() > 0
                || engine.stats().windowsRefused() > 0) {
            throw new IllegalStateException(
                    "windows hold %d readings of %d expected, %s".formatted(out.readings, expected, engine.stats()));
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long heapBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
