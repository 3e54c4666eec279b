package io.millrace.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
                + " how long a fresh reading waits while a long backlog drains. About 8 minutes.")
final class E2eCommand implements Callable<Integer> {
    private static final int EVENTS_PER_BATCH = 500;

    /** What can be measured by itself. */
    enum Part {
        latency,
        throughput,
        backlog
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
            var about = Map.<String, Object>of("data", recording.name(), "agents", agents, "steady_seconds", seconds);
            new FigureReport("e2e", about, figures).write(spec.commandLine().getOut(), json);
            return 0;
        }
    }
}
