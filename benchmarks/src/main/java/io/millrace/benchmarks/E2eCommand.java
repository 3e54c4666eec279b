package io.millrace.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench e2e}: how much goes from end to end, beside the store alone, and how soon it is seen. */
@Command(
        name = "e2e",
        mixinStandardHelpOptions = true,
        description = "Events per second from agents' spools to receipts through broker, gateway and log, flushed to"
                + " the disk, beside QuestDB alone on the same rows; how soon a reading is seen; what an agent needs; and"
                + " how long a fresh reading waits while a long backlog drains. About 8 minutes. Only when asked for:"
                + " peer, beside Mosquitto, a bridge in Python and QuestDB; fleet and devices, the highest rate of 1 000"
                + " agents, and of 1 000 devices with one event a message.")
final class E2eCommand implements Callable<Integer> {
    private static final int EVENTS_PER_BATCH = 500;

    /** What can be measured by itself. */
    enum Part {
        latency,
        throughput,
        backlog,
        /** Not with the others: needs programs of others. */
        peer,
        /** Not with the others: about 15 to 30 minutes each. */
        fleet,
        devices
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:MILLRACE_DATA}",
            description = "Folder that holds skab/*.csv (default: $MILLRACE_DATA; without it seeded synthetic data).")
    private @Nullable Path data;

    @Option(names = "--agents", defaultValue = "8", description = "Agents that send (default: ${DEFAULT-VALUE}).")
    private int agents;

    @Option(
            names = "--seconds",
            defaultValue = "120",
            description = "Length of the steady run (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--only", description = "One part of it: ${COMPLETION-CANDIDATES}.")
    private @Nullable Part only;

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (agents < 1 || agents > 64 || seconds < 5 || seconds > 3_600) {
            throw new InputException(
                    "agents is %d and seconds %d, expected 1 to 64 and 5 to 3600".formatted(agents, seconds));
        }
        Path home = Path.of(System.getProperty("millrace.home", ".")).toAbsolutePath();
        try (var folder = ScratchFolder.create(null)) {
            Recording recording = Recordings.load(data, EVENTS_PER_BATCH).getFirst();
            var benchmark = new E2eBenchmark(home, folder.path(), recording, agents, Duration.ofSeconds(seconds));
            var figures = new ArrayList<Figure>();
            if (only == null || only == Part.latency) {
                figures.addAll(new LatencyBenchmark(home, folder.path()).run());
            }
            if (only == null || only == Part.throughput) {
                figures.addAll(benchmark.run());
            }
            if (only == null || only == Part.backlog) {
                figures.addAll(new BacklogBenchmark(home, folder.path(), recording).run());
            }
            if (only == Part.peer) {
                figures.addAll(peer(home, folder.path(), recording));
            }
            if (only == Part.fleet) {
                figures.addAll(new FleetBenchmark(home, folder.path(), recording).agents());
            }
            if (only == Part.devices) {
                figures.addAll(new FleetBenchmark(home, folder.path(), recording).devices());
            }
            var about = Map.<String, Object>of("data", recording.name(), "agents", agents, "steady_seconds", seconds);
            new FigureReport("e2e", about, figures).write(spec.commandLine().getOut(), json);
            return 0;
        }
    }

    private static List<Figure> peer(Path home, Path folder, Recording recording) throws Exception {
        Path mosquitto = Programs.mosquitto()
                .orElseThrow(() -> new InputException(
                        "no mosquitto on the PATH to compare with. Install it, for example the package mosquitto"));
        Path python = Programs.pythonWithPaho()
                .orElseThrow(
                        () -> new InputException("no python3 on the PATH that has paho, which the bridge needs. Install"
                                + " it, for example the package python3-paho-mqtt"));
        return new PeerBenchmark(home, folder, recording, mosquitto, python).run();
    }
}
