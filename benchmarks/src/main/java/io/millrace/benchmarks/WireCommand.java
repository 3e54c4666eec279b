package io.millrace.benchmarks;

import io.millrace.benchmarks.WireBenchmark.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench wire}: bytes per event on the uplink, and how fast one core encodes and decodes. */
@Command(
        name = "wire",
        mixinStandardHelpOptions = true,
        description =
                "Bytes per event on the uplink, envelope and MQTT header included, and events per second on one core.")
final class WireCommand implements Callable<Integer> {
    private static final int EVENTS_PER_BATCH = 500;
    private static final long ROUND_NANOS = 1_000_000_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:MILLRACE_DATA}",
            description = "Folder that holds skab/*.csv (default: $MILLRACE_DATA; without it seeded synthetic data).")
    private @Nullable Path data;

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InputException {
        List<Recording> recordings = Recordings.load(data, EVENTS_PER_BATCH);
        var benchmark = new WireBenchmark(ROUND_NANOS);
        var sizes = new ArrayList<Sizes>();
        for (Recording recording : recordings) {
            sizes.add(benchmark.sizes(recording));
        }
        var report = new WireReport(
                source(),
                EVENTS_PER_BATCH,
                sizes,
                benchmark.encodedEventsPerSecond(recordings),
                benchmark.decodedEventsPerSecond(recordings));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            report.writeJson(out);
        } else {
            report.writeTable(out);
        }
        out.flush();
        return 0;
    }

    private String source() {
        return data == null ? "synthetic, seed " + Recordings.SYNTHETIC_SEED : "SKAB recordings";
    }
}
