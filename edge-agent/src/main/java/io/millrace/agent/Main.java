package io.millrace.agent;

import io.millrace.agent.config.AgentConfig;
import io.millrace.agent.config.AgentConfigReader;
import io.millrace.agent.input.InputEnd;
import io.millrace.agent.input.InputUnavailableException;
import io.millrace.agent.input.SystemAgentClock;
import io.millrace.agent.spool.Spool;
import io.millrace.agent.spool.SpoolUnavailableException;
import io.millrace.agent.uplink.Uplink;
import io.millrace.agent.uplink.UplinkConfig;
import io.millrace.agent.uplink.paho.PahoLinks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's process. Exit 0 after SIGTERM or once drained, 1 for a fault of ours, 2 for wrong usage, configuration or
 * input, 3 if something it needs is in use or not there.
 */
public final class Main {
    private static final int FAULT = 1;
    private static final int WRONG_USAGE = 2;
    private static final int UNAVAILABLE = 3;
    private static final Duration STOP_MAX = Duration.ofSeconds(12);
    private static final Logger log = LoggerFactory.getLogger(Main.class);
    private static final AtomicReference<@Nullable Agent> AGENT = new AtomicReference<>();
    private static final AtomicInteger EXIT = new AtomicInteger();

    private Main() {}

    public static void main(String[] args) {
        configureLogging();
        Runtime.getRuntime().addShutdownHook(new Thread(Main::stop, "stop"));
        int code = run(List.of(args));
        EXIT.set(code);
        System.exit(code);
    }

    private static int run(List<String> args) {
        if (args.contains("--help")) {
            System.out.println(Options.USAGE);
            return 0;
        }
        try {
            return run(Options.parse(args));
        } catch (Options.UsageException | SpoolUnavailableException | InputUnavailableException e) {
            System.err.println("agent: " + e.getMessage());
            return e instanceof Options.UsageException ? WRONG_USAGE : UNAVAILABLE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("Agent ended by a fault of its own; what it accepted is on disk. Please report it", e);
        }
        return FAULT;
    }

    private static int run(Options options)
            throws Options.UsageException, SpoolUnavailableException, InputUnavailableException, InterruptedException {
        if (options.config() == null || options.schema()) {
            System.out.print(AgentConfigReader.schema());
            return 0;
        }
        var report = new Report(System.out, System.err, options.json());
        return switch (AgentConfigReader.read(options.config())) {
            case AgentConfigReader.Outcome.Wrong(var mistakes) -> report.wrong(mistakes);
            case AgentConfigReader.Outcome.Ready _ when options.check() -> report.checked(options.config());
            case AgentConfigReader.Outcome.Ready(AgentConfig config) -> run(config, options, report);
        };
    }

    private static int run(AgentConfig config, Options options, Report report)
            throws Options.UsageException, SpoolUnavailableException, InputUnavailableException, InterruptedException {
        if (options.untilDrained() && !config.inputsThatDoNotEnd().isEmpty()) {
            throw new Options.UsageException("--until-drained is given, but these inputs never end: %s"
                    .formatted(String.join(", ", config.inputsThatDoNotEnd())));
        }
        if (options.exitWithParent()) {
            Thread.ofPlatform().daemon().name("parent-watch").start(Main::awaitParentsEnd);
        }
        Agent agent = start(config);
        AGENT.set(agent);
        agent.awaitInputs();
        Map<String, InputEnd> ends = agent.ends();
        boolean haveAllFailed = ends.values().stream().noneMatch(InputEnd.Finished.class::isInstance);
        if (options.untilDrained() || haveAllFailed) {
            if (!haveAllFailed) {
                agent.awaitDrained();
            }
            return report.ended(ends, agent.inputs());
        }
        Thread.currentThread().join(); // for ever: SIGTERM ends the process
        return 0;
    }

    private static Agent start(AgentConfig config) throws SpoolUnavailableException, InputUnavailableException {
        String version = Main.class.getPackage().getImplementationVersion();
        Spool spool = Spool.open(config.spool(), InstantSource.system());
        var uplink = new Uplink(
                UplinkConfig.of(
                        config.spool().site(),
                        config.spool().agent(),
                        version == null ? "unknown" : version,
                        config.backfill()),
                spool,
                new PahoLinks(config.mqtt()),
                InstantSource.system(),
                new SplittableRandom());
        return Agent.start(config, spool, uplink, new SystemAgentClock());
    }

    private static void awaitParentsEnd() {
        try {
            while (System.in.read() >= 0) {
                // The parent only holds the pipe; what it might write means nothing.
            }
        } catch (IOException e) {
            // As good as its end.
        }
        System.exit(0);
    }

    /** Runs at the end of the process, whatever asked for it; without the halt, SIGTERM would end in 143. */
    private static void stop() {
        int code = EXIT.get(); // before the inputs are ended, which the main thread would take for their failure
        Thread.ofPlatform().daemon().name("stop-limit").start(Main::haltWhenLate);
        Agent agent = AGENT.getAndSet(null);
        if (agent != null) {
            agent.close();
        }
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(code);
    }

    private static void haltWhenLate() {
        try {
            Thread.sleep(STOP_MAX);
            System.err.println("agent: did not stop within %d s, ended hard; nothing accepted is lost"
                    .formatted(STOP_MAX.toSeconds()));
            Runtime.getRuntime().halt(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void configureLogging() {
        try (InputStream properties = Main.class.getResourceAsStream("logging.properties")) {
            LogManager.getLogManager().readConfiguration(properties);
        } catch (IOException e) {
            throw new UncheckedIOException("logging.properties is missing in the agent's jar; build it again", e);
        }
    }
}
