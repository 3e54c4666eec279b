package io.millrace.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./millrace bench}: exits 0 when it measured, whether goals are met or not; 2 on wrong usage or input. */
@Command(
        name = "./millrace bench",
        mixinStandardHelpOptions = true,
        subcommands = {WireCommand.class, E2eCommand.class, SpoolCommand.class, ProjectionsCommand.class},
        description = "Measures what the design promises.")
public final class Main {
    private static final int STOP_SECONDS_MAX = 60;

    /** Somebody wants it to end: whatever fails from then on fails for that. */
    private static volatile boolean stopping;

    private Main() {}

    public static void main(String[] args) {
        Thread measuring = Thread.currentThread();
        var done = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(measuring, done), "stop"));
        int code;
        try {
            code = commandLine().execute(args);
        } finally {
            done.countDown();
        }
        System.exit(code);
    }

    /** After SIGTERM or Ctrl-C: ends what was started, and waits until its files, which can be gigabytes, are deleted. */
    private static void stop(Thread measuring, CountDownLatch done) {
        if (done.getCount() == 0 || ScratchFolder.open() == 0) {
            return;
        }
        stopping = true;
        measuring.interrupt(); // once, for it ends its processes in peace then
        try {
            boolean isDone = false;
            for (int second = 0; second < STOP_SECONDS_MAX && !isDone; second++) {
                ProcessHandle.current().children().forEach(ProcessHandle::destroy);
                isDone = done.await(1, TimeUnit.SECONDS);
            }
            if (!isDone) {
                System.err.println(
                        "bench: still busy after %d s, so its temporary files are left".formatted(STOP_SECONDS_MAX));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler(Main::report);
    }

    /** Wrong input and an early end are told in a sentence; anything else is a bug and keeps its stack trace. */
    private static int report(Exception failure, CommandLine command, CommandLine.ParseResult arguments)
            throws Exception {
        if (failure instanceof InputException) {
            command.getErr().println("bench: " + failure.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        if (stopping) {
            command.getErr().println("bench: stopped before its end, so it tells nothing");
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw failure;
    }
}
