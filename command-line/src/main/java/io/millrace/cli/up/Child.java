package io.millrace.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child process that is started again whenever it ends, until it is told to stop. It holds the read end of a pipe from
 * us as its standard input, so that it notices our end however that comes about.
 */
final class Child {
    private static final Logger LOG = LoggerFactory.getLogger(Child.class);

    /**
     * Ctrl-C and the end of a terminal go to us and our children alike, and we want to stop them in order. A signal
     * ignored before an exec stays ignored after it, and the JVM respects that.
     */
    private static final List<String> WITHOUT_TERMINAL_SIGNALS =
            List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$0\" \"$@\"");

    private final String name;
    private final List<String> command;
    private final Path pidFile;
    private final LogFile log;
    private final LongSupplier nanoClock;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;

    private final long logStart;

    private volatile @Nullable Process process;
    private volatile OptionalInt lastExit = OptionalInt.empty();

    /**
     * @param name of the child, for the log and its thread
     * @param command program and arguments
     * @param pidFile holds the child's process id while it runs
     * @param nanoClock monotonic, in nanoseconds
     */
    Child(String name, List<String> command, Path pidFile, LogFile log, LongSupplier nanoClock) {
        this.name = name;
        this.command = List.copyOf(command);
        this.pidFile = pidFile;
        this.log = log;
        this.logStart = log.size();
        this.nanoClock = nanoClock;
        this.thread = Thread.ofPlatform().daemon().name("child-" + name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    String name() {
        return name;
    }

    Path logFile() {
        return log.path();
    }

    /** The last that it wrote to its log since it was made. */
    String logTail() {
        return LogFile.tail(log.path(), logStart);
    }

    /** The exit code of the latest run that ended by itself, if one did. */
    OptionalInt lastExit() {
        return lastExit;
    }

    /**
     * Ends the child for good: asks with SIGTERM, insists with SIGKILL after {@code max}. Returns when it is gone.
     */
    void stop(Duration max) throws InterruptedException {
        stopping.countDown();
        Process running = current();
        if (running != null) {
            running.destroy();
            if (!running.waitFor(max.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{} does not stop, it is killed: waitedMillis={}", name, max.toMillis());
                running.destroyForcibly().waitFor();
            }
        }
        thread.join();
    }

    private synchronized @Nullable Process current() {
        return process;
    }

    private void run() {
        Restarts restarts = Restarts.NONE;
        try {
            do {
                long startedNanos = nanoClock.getAsLong();
                String end = runOnce();
                Duration ranFor = Duration.ofNanos(nanoClock.getAsLong() - startedNanos);
                restarts = restarts.after(ranFor);
                if (stopping.getCount() > 0) {
                    LOG.warn(
                            "{} ended and is started again: end={} ranMillis={} delayMillis={} log={} logBytesLost={}",
                            name,
                            end,
                            ranFor.toMillis(),
                            restarts.delay().toMillis(),
                            log.path(),
                            log.bytesLost());
                }
            } while (!stopping.await(restarts.delay().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs the child to its end and says how it ended. */
    private String runOnce() throws InterruptedException {
        try {
            Process started = launch();
            if (started == null) {
                return "stopped before it started";
            }
            log.follow(started.getInputStream());
            int exit = started.waitFor();
            Files.deleteIfExists(pidFile);
            lastExit = OptionalInt.of(exit);
            return "exit " + exit;
        } catch (IOException e) {
            return e.toString();
        }
    }

    private synchronized @Nullable Process launch() throws IOException {
        if (stopping.getCount() == 0) {
            return null;
        }
        List<String> all = new ArrayList<>(WITHOUT_TERMINAL_SIGNALS);
        all.addAll(command);
        Process started = new ProcessBuilder(all).redirectErrorStream(true).start();
        process = started;
        DataFolder.writePid(pidFile, started.pid());
        return started;
    }
}
