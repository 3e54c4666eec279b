package io.millrace.benchmarks;

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
                + " of memory per series and window. About 1 minute, 1 GB of heap.")
final class ProjectionsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--series", defaultValue = "100000", description = "Series (default: ${DEFAULT-VALUE}).")
    private int series;

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (series < 1_000 || series > 200_000) {
            throw new InputException("series is %d, expected 1000 to 200000".formatted(series));
        }
        var figures = new ProjectionsBenchmark(series).run();
        new FigureReport("projections", Map.of("series", series), figures)
                .write(spec.commandLine().getOut(), json);
        return 0;
    }
}
