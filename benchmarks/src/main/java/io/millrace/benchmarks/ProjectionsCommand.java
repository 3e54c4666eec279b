package io.millrace.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench projections}: how fast one core makes windows and judges rules, and what it remembers for that. */
@Command(
        name = "projections",
        mixinStandardHelpOptions = true,
        description = "Readings per second that one core puts into one-minute windows and judges with a rule, and bytes"
                + " of memory per series and window; then how fast 20 million logged events are derived again. About 3"
                + " minutes, 1 GB of heap.")
final class ProjectionsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--series", defaultValue = "100000", description = "Series (default: ${DEFAULT-VALUE}).")
    private int series;

    @Option(
            names = "--rebuild",
            paramLabel = "EVENTS",
            defaultValue = "20000000",
            description = "Logged events to derive again; 0 leaves that out (default: ${DEFAULT-VALUE}).")
    private long rebuild;

    @Option(
            names = "--engine",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Measures the engine alone as well (default), or not.")
    private boolean engine;

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (series < 1_000 || series > 200_000) {
            throw new InputException("series is %d, expected 1000 to 200000".formatted(series));
        }
        if (rebuild < 0 || rebuild > 1_000_000_000) {
            throw new InputException("rebuild is %d events, expected 0 to 1000000000".formatted(rebuild));
        }
        var figures = new ArrayList<Figure>();
        if (engine) {
            figures.addAll(new ProjectionsBenchmark(series).run());
        }
        if (rebuild > 0) {
            Path home = Path.of(System.getProperty("millrace.home", ".")).toAbsolutePath();
            try (var folder = ScratchFolder.create(null)) {
                figures.addAll(new RebuildBenchmark(home, folder.path(), rebuild).run());
            }
        }
        new FigureReport("projections", Map.of("series", series), figures)
                .write(spec.commandLine().getOut(), json);
        return 0;
    }
}
