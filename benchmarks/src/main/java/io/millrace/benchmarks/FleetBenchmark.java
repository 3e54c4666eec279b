package io.millrace.benchmarks;

import io.questdb.griffin.SqlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Question: how many events a second do a thousand boxes bring to the table, each over a connection of its own, when none
 * of them may wait more than a second for its receipt? And a thousand plain devices, with one event a message?
 *
 * <p>Sketch: eight agents bring 0.9 million. A thousand send the same in more and smaller messages, each with its own
 * receipt, and the simulator runs the uplinks of all beside broker, gateway and store on the same machine. Half of what
 * QuestDB alone takes is the goal, 30 % the least. With one event a message MQTT, its queue and the log cost some 50 us.
 *
 * <p>Short probes look for the rate, each faster than the one before until one fails; if the first one does, slower ones
 * follow. Then it is held for two minutes. Both are verified event by event. Where a hold fails, a lower rate is tried, with
 * an empty store again, after two minutes of the first rate to warm it up. A rate is steady once the fleet was switched on,
 * one by one over ten seconds, and a simulator that has just started is compiled: seconds until then do not decide, but are
 * told.
 */
final class FleetBenchmark {
    private static final int UNITS = 1_000;
    private static final int RAMP_SECONDS = 10;
    private static final int WARM_UP_SECONDS = 120;
    private static final int PROBE_SETTLE_SECONDS = 15;
    private static final int PROBE_SECONDS = 10;
    private static final int HOLD_SETTLE_SECONDS = 30;
    private static final int HOLD_SECONDS = 120;
    private static final int HOLDS_MAX = 4;
    private static final double GROW = 1.25;
    private static final double SHRINK = 0.85;
    private static final double RECEIPT_MS_MAX = 1_000;
    private static final double LAG_MS_MAX = 5_000;

    /** Least first rate that is looked for, as a part of the usual one. */
    private static final double SLOWER_MAX = 4;

    private static final String RECEIPT_MAX = "receipt_max_ms";
    private static final String VISIBLE_MAX = "visible_max_ms";

    /** Before the name of a figure that is of the seconds in which the rate was steady. */
    private static final String STEADY = "steady.";

    private static final Duration ALONE = Duration.ofSeconds(30);

    /** Who sends. */
    private enum Kind {
        AGENT(8, 200_000),
        DEVICE(1, 10_000);

        /** Of which each unit reads so many, one value at a time. */
        private final int devices;

        /** Events a second of the first probe. */
        private final double firstRate;

        Kind(int devices, double firstRate) {
            this.devices = devices;
            this.firstRate = firstRate;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Between two readings of one device, at about that rate of all. */
        long everyMillis(double rate) {
            return Math.max(1, Math.round(1_000.0 * UNITS * devices / rate));
        }

        double rate(long everyMillis) {
            return 1_000.0 * UNITS * devices / everyMillis;
        }
    }

    private final Path home;
    private final Path folder;
    private final Recording recording;
    private int runs;

    FleetBenchmark(Path home, Path folder, Recording recording) {
        this.home = home;
        this.folder = folder;
        this.recording = recording;
    }

    /** A thousand agents, and QuestDB alone on the same kind of rows. */
    List<Figure> agents() throws IOException, InputException, SQLException, InterruptedException, SqlException {
        var figures = new ArrayList<>(measure(Kind.AGENT));
        double rate = figures.getFirst().value();
        int rowsPerCommit = Math.max(1_000, (int) rate / 2); // commits of the read model are up to a second apart
        double alone = new StoreAlone(recording, UNITS, rowsPerCommit).rowsPerSecond(folder.resolve("alone"), ALONE);
        figures.add(Figure.told("store_alone_rows_per_second", alone));
        figures.add(Figure.atLeast(0.3, "ratio", rate / alone));
        figures.add(Figure.atLeast(0.5, "ratio_goal", rate / alone));
        return figures;
    }

    /** A thousand plain devices, one event a message. */
    List<Figure> devices() throws IOException, InputException, SQLException, InterruptedException {
        return measure(Kind.DEVICE);
    }

    /** The first figure is the rate. */
    private List<Figure> measure(Kind kind) throws IOException, InputException, InterruptedException {
        double rate = highest(kind);
        for (int hold = 1; ; hold++) {
            Map<String, Double> held = hold(kind, rate, hold);
            if (holds(held) || hold == HOLDS_MAX) {
                return figures(kind, rate, held);
            }
            tell(rate, held);
            rate *= SHRINK;
        }
    }

    /**
     * With a store of its own, and those before deleted: what is left of a rate that was too high would count against a
     * lower one, in tables that are behind or as pages of files that fill the memory.
     */
    private Map<String, Double> hold(Kind kind, double rate, int hold)
            throws IOException, InputException, InterruptedException {
        try (var scratch = new ScratchFolder(folder.resolve("%s-hold-%d".formatted(kind.text(), hold)));
                Stack stack = Stack.up(home, scratch.path(), Stack.Demo.WITHOUT)) {
            warmUp(stack, kind);
            return simulate(stack, kind, rate, RAMP_SECONDS + HOLD_SETTLE_SECONDS, HOLD_SECONDS, proof(stack));
        }
    }

    private static List<String> proof(Stack stack) {
        return List.of("--verify", "--sql", stack.sql(), "--api", stack.page().toString());
    }

    private double highest(Kind kind) throws IOException, InputException, InterruptedException {
        try (var scratch = new ScratchFolder(folder.resolve(kind.text()));
                Stack stack = Stack.up(home, scratch.path(), Stack.Demo.WITHOUT)) {
            return highest(stack, kind);
        }
    }

    private double highest(Stack stack, Kind kind) throws IOException, InterruptedException {
        warmUp(stack, kind);
        double good = kind.firstRate;
        while (!probeTwice(stack, kind, good) && good > kind.firstRate / SLOWER_MAX) {
            good *= SHRINK;
        }
        for (double rate = good * GROW; good >= kind.firstRate && probeTwice(stack, kind, rate); rate *= GROW) {
            good = rate;
        }
        return good;
    }

    /** Until what a gateway does all day is compiled, and all of that is in the table. */
    private void warmUp(Stack stack, Kind kind) throws IOException, InterruptedException {
        tell(kind.firstRate, simulate(stack, kind, kind.firstRate, RAMP_SECONDS, WARM_UP_SECONDS, proof(stack)));
    }

    /** One stall of the machine is not yet the end of the search. */
    private boolean probeTwice(Stack stack, Kind kind, double rate) throws IOException, InterruptedException {
        boolean holds = probe(stack, kind, rate);
        return holds || probe(stack, kind, rate);
    }

    /** The broker acknowledges what devices send before the gateway has it, so receipts alone would say too little. */
    private boolean probe(Stack stack, Kind kind, double rate) throws IOException, InterruptedException {
        Map<String, Double> run =
                simulate(stack, kind, rate, RAMP_SECONDS + PROBE_SETTLE_SECONDS, PROBE_SECONDS, proof(stack));
        tell(rate, run);
        return holds(run);
    }

    private static void tell(double rate, Map<String, Double> run) {
        System.err.printf(
                Locale.ROOT,
                "bench: about %.0f events/s: receipts within %.0f ms, rows within %.0f ms; with the start %.0f and %.0f ms;"
                        + " missing, doubled or wrong %.0f%n",
                rate,
                run.getOrDefault(STEADY + RECEIPT_MAX, Double.NaN),
                run.getOrDefault(STEADY + VISIBLE_MAX, Double.NaN),
                run.getOrDefault("latency_ms.receipt.max", Double.NaN),
                run.getOrDefault("latency_ms.visible.max", Double.NaN),
                notClean(run));
    }

    /**
     * @param settleSeconds of which the steady rate is not
     * @return the report's numbers, and those of {@link #withSteadyMax}
     */
    private Map<String, Double> simulate(
            Stack stack, Kind kind, double rate, int settleSeconds, int seconds, List<String> more)
            throws IOException, InterruptedException {
        Path scenario = folder.resolve("scenario.yaml");
        Files.writeString(scenario, """
                length: %ds
                fleets:
                  - {name: unit, kind: %s, count: %d, devices: %d, every: %dms, ramp: %ds,
                     metrics: {temperature: {unit: °C, signal: sine, mean: 21, amplitude: 4}}}
                """.formatted(
                settleSeconds + seconds, kind.text(), UNITS, kind.devices, kind.everyMillis(rate), RAMP_SECONDS));
        runs++;
        var options = new ArrayList<>(List.of(scenario.toString(), "--each-second", "--seed", Integer.toString(runs)));
        options.addAll(more);
        try (Simulation simulation = Simulation.start(home, stack.mqtt(), options)) {
            return withSteadyMax(simulation.await(), settleSeconds);
        }
    }

    /**
     * Adds the longest delays of all receipts that came, and of all rows that were seen first, after so many seconds; there
     * are none if there are no such seconds.
     */
    static Map<String, Double> withSteadyMax(Map<String, Double> run, int settleSeconds) {
        var all = new TreeMap<>(run);
        for (int i = 0; run.containsKey("seconds.%d.at_s".formatted(i)); i++) {
            if (run.getOrDefault("seconds.%d.at_s".formatted(i), 0.0) > settleSeconds + 0.5) {
                for (String longest : List.of(RECEIPT_MAX, VISIBLE_MAX)) {
                    double max = run.getOrDefault("seconds.%d.%s".formatted(i, longest), Double.MAX_VALUE);
                    if (max > 0) { // else nothing came in that second, or nobody looked
                        all.merge(STEADY + longest, max, Math::max);
                    }
                }
            }
        }
        return all;
    }

    private static boolean holds(Map<String, Double> run) {
        return receiptMillis(run) <= RECEIPT_MS_MAX && lagMillis(run) <= LAG_MS_MAX && notClean(run) == 0;
    }

    private static double receiptMillis(Map<String, Double> run) {
        return run.getOrDefault(STEADY + RECEIPT_MAX, Double.MAX_VALUE);
    }

    private static double lagMillis(Map<String, Double> run) {
        return run.getOrDefault(STEADY + VISIBLE_MAX, Double.MAX_VALUE);
    }

    private static double notClean(Map<String, Double> run) {
        return run.getOrDefault("missing", 1.0) + run.getOrDefault("duplicated", 1.0) + run.getOrDefault("wrong", 1.0);
    }

    private static List<Figure> figures(Kind kind, double rate, Map<String, Double> held) {
        return List.of(
                Figure.told("events_per_second_of_1000_%ss".formatted(kind.text()), kind.rate(kind.everyMillis(rate))),
                Figure.told("receipt_p50_ms", held.getOrDefault("latency_ms.receipt.p50", Double.MAX_VALUE)),
                Figure.told("receipt_p99_ms", held.getOrDefault("latency_ms.receipt.p99", Double.MAX_VALUE)),
                Figure.atMost(RECEIPT_MS_MAX, RECEIPT_MAX, receiptMillis(held)),
                Figure.told("receipt_max_ms_with_start", held.getOrDefault("latency_ms.receipt.max", Double.MAX_VALUE)),
                Figure.told("visible_p99_ms", held.getOrDefault("latency_ms.visible.p99", Double.MAX_VALUE)),
                Figure.atMost(LAG_MS_MAX, VISIBLE_MAX, lagMillis(held)),
                Figure.told("visible_max_ms_with_start", held.getOrDefault("latency_ms.visible.max", Double.MAX_VALUE)),
                Figure.told("events_verified", held.getOrDefault("stored", 0.0)),
                Figure.atMost(0, "events_missing_doubled_or_wrong", notClean(held)));
    }
}
