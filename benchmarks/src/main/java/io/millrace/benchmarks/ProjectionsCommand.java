package io.millrace.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code bench projections}: how fast one core makes windows and judges rules, what it remembers for that, how fast the log
 * is derived again, and how soon a page knows of an alert.
 */
@Command(
        name = "projections",
        mixinStandardHelpOptions = true,
        description = "Readings per second that one core puts into one-minute windows and judges with a rule, and bytes"
                + " of memory per series and window; Kafka Streams' test driver on the same readings, for scale; how fast"
                + " 20 million logged events are derived again; and how soon a page knows of an alert, with everything"
                + " started. About 6 minutes, 1 GB of heap.")
final class ProjectionsCommand implements Callable<Integer> {
    /** What can be measured by itself. */
    enum Part {
        engine,
        kafka,
        rebuild,
        alert
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--series", defaultValue = "100000", description = "Series (default: ${DEFAULT-VALUE}).")
    private int series;

    @Option(
            names = "--rebuild-events",
            paramLabel = "N",
            defaultValue = "20000000",
            description = "Logged events to derive again (default: ${DEFAULT-VALUE}).")
    private long rebuildEvents;

    @Option(names = "--only", description = "One part of it: ${COMPLETION-CANDIDATES}.")
    private @Nullable Part only;

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (series < 1_000 || series > 200_000) {
            throw new InputException("series is %d, expected 1000 to 200000".formatted(series));
        }
        if (rebuildEvents < 1 || rebuildEvents > 1_000_000_000) {
            throw new InputException("rebuild-events is %d, expected 1 to 1000000000".formatted(rebuildEvents));
        }
        Path home = Path.of(System.getProperty("millrace.home", ".")).toAbsolutePath();
        var figures = new ArrayList<Figure>();
        if (measures(Part.engine)) {
            figures.addAll(new ProjectionsBenchmark(series).run());
        }
        if (measures(Part.kafka)) {
            figures.addAll(new KafkaStreamsBenchmark(series).run());
        }
        if (measures(Part.rebuild)) {
            try (var folder = ScratchFolder.create(null)) {
                figures.addAll(new RebuildBenchmark(home, folder.path(), rebuildEvents).run());
            }
        }
        if (measures(Part.alert)) {
            try (var folder = ScratchFolder.create(null)) {
                figures.addAll(new AlertBenchmark(home, folder.path()).run());
            }
        }
        new FigureReport("projections", Map.of("series", series), figures)
                .write(spec.commandLine().getOut(), json);
        return 0;
    }

    private boolean measures(Part part) {
        return only == null || only == part;
    }
}
