package io.millrace.cli.up;

import io.millrace.cli.CommandException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Broker and gateway, started together, and the demo agent once they serve; stopped in the order agent, gateway, broker.
 * One thread runs it; another may {@link #stop} it at any time.
 */
public final class Up {
    private static final Logger LOG = LoggerFactory.getLogger(Up.class);

    private static final Duration READY_MAX = Duration.ofMinutes(5);
    private static final Duration ASK_EVERY = Duration.ofMillis(100);

    /** Three children of this each stay below the 15 s in which everything is to end. */
    private static final Duration CHILD_STOP_MAX = Duration.ofMillis(4_500);

    private final DataFolder folder;
    private final Ports ports;
    private final Installation installation;
    private final boolean demo;
    private final String retention;
    private final LongSupplier nanoClock;
    private final Deque<Child> children = new ArrayDeque<>();
    private final CountDownLatch stopping = new CountDownLatch(1);

    private Up(DataFolder folder, Ports ports, Installation installation, UpOptions options, LongSupplier nanoClock) {
        this.folder = folder;
        this.ports = ports;
        this.installation = installation;
        this.demo = options.demo();
        this.retention = options.retention();
        this.nanoClock = nanoClock;
    }

    /**
     * Takes the data folder and the ports; starts nothing yet.
     *
     * @param home the repository's root
     * @param nanoClock monotonic, in nanoseconds
     * @throws CommandException if something is in use, missing or wrong
     */
    public static Up prepare(Path home, UpOptions options, LongSupplier nanoClock)
            throws CommandException, InterruptedException {
        var installation = new Installation(home, Path.of(System.getProperty("java.home"), "bin", "java"));
        options.check();
        installation.check(options.demo());
        DataFolder folder = DataFolder.open(options.data());
        try {
            Ports ports = Ports.claim(options.httpPort(), options.mqttPort(), options.sqlPort());
            DataFolder.writePid(folder.pidFile("up"), ProcessHandle.current().pid());
            return new Up(folder, ports, installation, options, nanoClock);
        } catch (CommandException e) {
            close(folder);
            throw e;
        } catch (IOException e) {
            close(folder);
            throw CommandException.unavailable("data folder %s cannot be written: %s".formatted(folder.path(), e));
        }
    }

    /** Where our own messages go too, beside standard error. */
    public PrintStream logged(PrintStream err) {
        return new PrintStream(new LogFile(folder.logFile("up")).tee(err), true, StandardCharsets.UTF_8);
    }

    /**
     * Starts everything and says where it is as soon as it serves. Returns when all of it is up.
     *
     * @param out gets exactly the three lines of the contract
     * @throws CommandException if a part cannot start
     */
    public void start(PrintStream out) throws CommandException, InterruptedException {
        Path data = folder.path();
        try {
            DemoFiles.rules(data);
            // At a start, wrong files are refused.
            Files.deleteIfExists(data.resolve("run").resolve("rules.accepted"));
            Files.deleteIfExists(data.resolve("run").resolve("notify.accepted"));
            // Both at once, since each takes seconds of one core; the gateway tries again until the broker is there.
            Child broker = start("broker", installation.broker(data, ports));
            Child gateway = start("gateway", installation.gateway(data, ports, retention));
            awaitReady(broker, Readiness.tcp(ports.mqtt()));
            try (HttpClient client = HttpClient.newHttpClient()) {
                URI ready = URI.create("http://127.0.0.1:%d/q/health/ready".formatted(ports.http()));
                awaitReady(gateway, Readiness.http(client, ready));
            }
            if (demo) {
                Path config = DemoFiles.agent(data, ports.mqtt(), DemoFiles.hostName());
                start("agent", installation.agent(data, config));
            }
            String addresses = addresses();
            Files.writeString(data.resolve("run").resolve("addresses"), addresses);
            installation.remember(data);
            out.print(addresses);
            out.flush();
        } catch (IOException e) {
            throw CommandException.unavailable("data folder %s cannot be written: %s".formatted(data, e));
        }
    }

    /** Ends all children, the last started first. May be called from any thread, and more than once. */
    public void stop() throws InterruptedException {
        stopping.countDown();
        synchronized (children) {
            while (!children.isEmpty()) {
                children.pop().stop(CHILD_STOP_MAX);
            }
        }
        try {
            Files.deleteIfExists(folder.pidFile("up"));
        } catch (IOException e) {
            LOG.warn("The pid file stays, the next up sees that it is stale: error={}", e.toString());
        }
        close(folder);
    }

    private Child start(String name, List<String> command) throws InterruptedException {
        var child = new Child(name, command, folder.pidFile(name), new LogFile(folder.logFile(name)), nanoClock);
        synchronized (children) {
            if (stopping.getCount() == 0) {
                throw new InterruptedException("stopped while starting");
            }
            children.push(child);
            child.start();
        }
        LOG.info("Starting {}: log={}", name, child.logFile());
        return child;
    }

    private void awaitReady(Child child, Readiness readiness) throws CommandException, InterruptedException {
        long startedNanos = nanoClock.getAsLong();
        while (!readiness.isReady()) {
            OptionalInt exit = child.lastExit();
            boolean isHopeless = exit.isPresent() && (exit.getAsInt() == 2 || exit.getAsInt() == 3);
            long waitedNanos = nanoClock.getAsLong() - startedNanos;
            if (isHopeless || waitedNanos > READY_MAX.toNanos()) {
                throw notReady(child, exit, waitedNanos);
            }
            if (stopping.await(ASK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new InterruptedException("stopped while starting");
            }
        }
        LOG.info(
                "{} is ready: afterMillis={}",
                child.name(),
                TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - startedNanos));
    }

    /** With the end of its log, which says why; wrong configuration is the user's to correct, the rest is not. */
    private static CommandException notReady(Child child, OptionalInt exit, long waitedNanos) {
        String message = "%s is not ready after %d ms%s. Its log, %s, ends with:%n%s"
                .formatted(
                        child.name(),
                        TimeUnit.NANOSECONDS.toMillis(waitedNanos),
                        exit.isPresent() ? " and ended with exit " + exit.getAsInt() : "",
                        child.logFile(),
                        child.logTail());
        return exit.isPresent() && exit.getAsInt() == 2
                ? CommandException.wrongUsage(message)
                : CommandException.unavailable(message);
    }

    private String addresses() {
        String passfile = URLEncoder.encode(folder.path().resolve("pgpass").toString(), StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
        return """
                page http://127.0.0.1:%d
                mqtt mqtt://127.0.0.1:%d
                sql postgresql://millrace@127.0.0.1:%d/qdb?passfile=%s
                """.formatted(ports.http(), ports.mqtt(), ports.sql(), passfile);
    }

    private static void close(DataFolder folder) {
        try {
            folder.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
