package io.millrace.simulator;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/**
 * The simulator's process. Exit 0 when all that was asked to hold holds, or somebody ended it; 1 if it does not hold; 2
 * for wrong usage; 3 if the broker or the store cannot be reached.
 */
public final class Main {
    private static final int FAULT = 1;

    /** After this, a run that was asked to end is ended hard. */
    private static final long STOP_SECONDS_MAX = 14;

    private static final CountDownLatch DONE = new CountDownLatch(1);

    private Main() {}

    public static void main(String[] args) {
        Path home = Path.of(System.getProperty("millrace.home", "")).toAbsolutePath();
        var command =
                new SimulateCommand(new LastUp(home), InstantSource.system(), System::nanoTime, System.out, System.err);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndHalt(command), "stop"));
        int code;
        try {
            code = execute(command, System.err, args);
        } finally {
            DONE.countDown(); // also after an error, or the hook would take it for somebody's wish to end
        }
        System.exit(code);
    }

    static int execute(SimulateCommand command, PrintStream err, String... args) {
        var line = new CommandLine(command);
        line.getCommandSpec().parser().collectErrors(true);
        line.setExecutionStrategy(parsed -> {
            List<String> mistakes = parsed.errors().stream()
                    .map(e -> String.valueOf(e.getMessage()))
                    .toList();
            return mistakes.isEmpty() || parsed.isUsageHelpRequested()
                    ? new CommandLine.RunLast().execute(parsed)
                    : command.wrongCommandLine(mistakes);
        });
        line.setExecutionExceptionHandler((e, _, _) -> {
            e.printStackTrace(err);
            return FAULT;
        });
        return line.execute(args);
    }

    /** SIGTERM and Ctrl-C end it with its report, in 0; the JVM by itself would say 143. */
    private static void stopAndHalt(SimulateCommand command) {
        if (DONE.getCount() == 0) {
            return;
        }
        command.stop();
        try {
            if (!DONE.await(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                System.err.println("simulate: did not end within %d s, ended hard".formatted(STOP_SECONDS_MAX));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
