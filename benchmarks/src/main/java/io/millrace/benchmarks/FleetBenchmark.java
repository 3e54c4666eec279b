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

/**
 * Question: how many events a second do a thousand boxes bring to the table, each over a connection of its own, when none
 * of them may wait more than a second for its receipt? And a thousand plain devices, with one event a message?
 *
 * <p>Sketch: eight agents bring 0.9 million. A thousand send the same in more and smaller messages, each with its own
 * receipt, and the simulator runs the uplinks of all beside broker, gateway and store on the same machine. Half of what
 * QuestDB alone takes is the goal, 30 % the least. With one event a message MQTT, its queue and the log cost some 50 us.
 *
 * <p>Short probes look for the rate, each faster than the one before until one fails; then it is held for two minutes and
 * verified event by event. Where that fails, a lower one is tried. The fleet is switched on one by one over ten seconds,
 * so that no figure is of a simulator that has just started.
 */
final class FleetBenchmark {
    private static final int UNITS = 1_000;
    private static final int RAMP_SECONDS = 10;
    private static final int PROBE_SECONDS = 10;
    private static final int HOLD_SECONDS = 120;
    private static final int HOLDS_MAX = 3;
    private static final double WARM_UP_RATE = 10_000;
    private static final double GROW = 1.4;
    private static final double SHRINK = 0.8;
    private static final double RECEIPT_MS_MAX = 1_000;
    private static final double LAG_MS_MAX = 5_000;
    private static final Duration ALONE = Duration.ofSeconds(30);

    /** Who sends. */
    private enum Kind {
        AGENT(8, 100_000),
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
        try (Stack stack = Stack.up(home, folder.resolve(kind.text()), Stack.Demo.WITHOUT)) {
            double rate = highest(stack, kind);
            for (int hold = 1; ; hold++) {
                List<String> proof = List.of(
                        "--verify", "--sql", stack.sql(), "--api", stack.page().toString());
                Map<String, Double> held = simulate(stack, kind, rate, HOLD_SECONDS, proof);
                if (holds(held) || hold == HOLDS_MAX) {
                    return figures(kind, rate, held);
                }
                tell(rate, held);
                rate *= SHRINK;
            }
        }
    }

    private double highest(Stack stack, Kind kind) throws IOException, InterruptedException {
        simulate(stack, kind, WARM_UP_RATE, PROBE_SECONDS, List.of());
        double good = kind.firstRate * SHRINK;
        for (double rate = kind.firstRate; ; rate *= GROW) {
            Map<String, Double> probe = simulate(stack, kind, rate, PROBE_SECONDS, List.of());
            tell(rate, probe);
            if (receiptMillis(probe) > RECEIPT_MS_MAX) {
                return good;
            }
            good = rate;
        }
    }

    private static void tell(double rate, Map<String, Double> run) {
        System.err.printf(
                Locale.ROOT, "bench: about %.0f events/s: receipts within %.0f ms%n", rate, receiptMillis(run));
    }

    private Map<String, Double> simulate(Stack stack, Kind kind, double rate, int seconds, List<String> more)
            throws IOException, InterruptedException {
        Path scenario = folder.resolve("scenario.yaml");
        Files.writeString(scenario, """
                length: %ds
                fleets:
                  - {name: unit, kind: %s, count: %d, devices: %d, every: %dms, ramp: %ds,
                     metrics: {temperature: {unit: °C, signal: sine, mean: 21, amplitude: 4}}}
                """.formatted(
                RAMP_SECONDS + seconds, kind.text(), UNITS, kind.devices, kind.everyMillis(rate), RAMP_SECONDS));
        runs++;
        var options = new ArrayList<>(List.of(scenario.toString(), "--seed", Integer.toString(runs)));
        options.addAll(more);
        try (Simulation simulation = Simulation.start(home, stack.mqtt(), options)) {
            return simulation.await();
        }
    }

    private static boolean holds(Map<String, Double> run) {
        return receiptMillis(run) <= RECEIPT_MS_MAX && lagMillis(run) <= LAG_MS_MAX && notClean(run) == 0;
    }

    private static double receiptMillis(Map<String, Double> run) {
        return run.getOrDefault("latency_ms.receipt.max", Double.MAX_VALUE);
    }

    private static double lagMillis(Map<String, Double> run) {
        return run.getOrDefault("latency_ms.visible.max", Double.MAX_VALUE);
    }

    private static double notClean(Map<String, Double> run) {
        return run.getOrDefault("missing", 1.0) + run.getOrDefault("duplicated", 1.0) + run.getOrDefault("wrong", 1.0);
    }

    private static List<Figure> figures(Kind kind, double rate, Map<String, Double> held) {
        return List.of(
                Figure.told("events_per_second_of_1000_%ss".formatted(kind.text()), kind.rate(kind.everyMillis(rate))),
                Figure.told("receipt_p50_ms", held.getOrDefault("latency_ms.receipt.p50", Double.MAX_VALUE)),
                Figure.told("receipt_p99_ms", held.getOrDefault("latency_ms.receipt.p99", Double.MAX_VALUE)),
                Figure.atMost(RECEIPT_MS_MAX, "receipt_max_ms", receiptMillis(held)),
                Figure.told("visible_p99_ms", held.getOrDefault("latency_ms.visible.p99", Double.MAX_VALUE)),
                Figure.atMost(LAG_MS_MAX, "visible_max_ms", lagMillis(held)),
                Figure.told("events_verified", held.getOrDefault("stored", 0.0)),
                Figure.atMost(0, "events_missing_doubled_or_wrong", notClean(held)));
    }
}
