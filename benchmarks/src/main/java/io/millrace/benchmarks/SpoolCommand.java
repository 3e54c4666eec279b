package io.millrace.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench spool}: what the agent's spool takes in, gives back, and costs the disk. */
@Command(
        name = "spool",
        mixinStandardHelpOptions = true,
        description = "Events per second into the agent's spool, durable every 500 ms, beside SQLite and a raw write;"
                + " opening and draining a spool of 1 GB; bytes written per byte of payload. About 80 s, 6 GB of disk.")
final class SpoolCommand implements Callable<Integer> {
    private static final int EVENTS_PER_BATCH = 500;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:MILLRACE_DATA}",
            description = "Folder that holds skab/*.csv (default: $MILLRACE_DATA; without it seeded synthetic data).")
    private @Nullable Path data;

    @Option(
            names = "--at",
            paramLabel = "DIR",
            description = "Folder on the disk to be measured (default: the system's folder for temporary files).")
    private @Nullable Path at;

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (at != null && !Files.isDirectory(at)) {
            throw new InputException("--at is %s, expected a folder that is there".formatted(at));
        }
        Recording recording = Recordings.load(data, EVENTS_PER_BATCH).getFirst();
        try (var folder = ScratchFolder.create(at)) {
            var about = Map.<String, Object>of(
                    "data", recording.name(),
                    "file_system", Files.getFileStore(folder.path()).type());
            var figures = new SpoolBenchmark(folder.path(), recording, SpoolBenchmark.Sizes.USUAL).run();
            new FigureReport("spool", about, figures).write(spec.commandLine().getOut(), json);
        }
        return 0;
    }
}
