package io.millrace.cli;

import io.millrace.cli.api.Audit;
import io.millrace.cli.api.Filter;
import io.millrace.cli.api.GatewayClient;
import io.millrace.cli.api.Rebuild;
import io.millrace.cli.api.Replay;
import io.millrace.cli.api.Speed;
import io.millrace.cli.up.Up;
import io.millrace.cli.up.UpOptions;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands, one method each: from options to objects, nothing more. */
@Command(
        name = "./millrace",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DeadLetterCommands.class, LedgerCommands.class, RulesCommands.class})
final class Commands {
    static final String API = "http://127.0.0.1:8080";
    static final String GATEWAY = "Gateway; default ${DEFAULT-VALUE}.";
    static final String JSON = "One JSON object on standard output.";
    static final String TIMES = "RFC 3339 with offset, or now-15m (s, m, h, d).";

    private final Path home;
    private final LongSupplier nanoClock;

    /**
     * @param home the repository's root
     * @param nanoClock monotonic, in nanoseconds
     */
    Commands(Path home, LongSupplier nanoClock) {
        this.home = home;
        this.nanoClock = nanoClock;
    }

    @Command(name = "up", description = "Starts broker, gateway and an agent that reads this machine; loopback only.")
    int up(
            @Option(names = "--data", description = "Folder for all that is kept; default: data in the repository.")
                    @Nullable
                    Path data,
            @Option(names = "--http-port", defaultValue = "8080", description = "Page and API; 0 is any free port.")
                    int http,
            @Option(names = "--mqtt-port", defaultValue = "1883", description = "Broker; 0 is any free port.") int mqtt,
            @Option(names = "--sql-port", defaultValue = "8812", description = "PGwire; 0 is any free port.") int sql,
            @Option(names = "--no-demo", description = "Without the agent.") boolean noDemo,
            @Option(
                            names = "--retention",
                            defaultValue = "",
                            description = "Gives up events older than this by their own time, such as 90d; at least"
                                    + " 1d. Default: keeps them for ever.")
                    String retention,
            @Option(names = "--help", usageHelp = true) boolean help)
            throws CommandException, InterruptedException {
        if (data != null && data.toString().isBlank()) {
            throw CommandException.wrongUsage("--data is empty, expected a folder");
        }
        Path folder = data == null ? home.resolve("data") : data;
        Up up = Up.prepare(home, new UpOptions(folder, http, mqtt, sql, !noDemo, retention), nanoClock);
        System.setErr(up.logged(System.err));
        var atEnd = new Thread(() -> stopAndHalt(up), "stop");
        Runtime.getRuntime().addShutdownHook(atEnd);
        try {
            up.start(System.out);
        } catch (CommandException e) {
            up.stop();
            Runtime.getRuntime().removeShutdownHook(atEnd);
            throw e;
        }
        new CountDownLatch(1).await();
        return 0;
    }

    /** SIGTERM and Ctrl-C are the way to end it, so they end in 0; the JVM by itself would say 143. */
    private static void stopAndHalt(Up up) {
        try {
            up.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(0);
    }

    @Command(
            name = "audit",
            description = {
                "Compares what agents produced with what is stored. Exit 1 if they differ.",
                "With a filter, what was collapsed, dropped by the broker or retired of plain devices is still of all of them."
            })
    int audit(
            @Option(names = "--api", defaultValue = API, description = GATEWAY) URI api,
            @Option(names = "--site") @Nullable String site,
            @Option(names = "--agent") @Nullable String agent,
            @Option(names = "--from", description = TIMES) @Nullable Instant from,
            @Option(names = "--to", description = TIMES) @Nullable Instant to,
            @Option(names = "--json", description = JSON) boolean json,
            @Option(names = "--help", usageHelp = true) boolean help)
            throws CommandException, InterruptedException {
        try (var gateway = new GatewayClient(api)) {
            Filter filter = Filter.of("site", site, "agent", agent).between(from, to);
            Audit audit = Audit.ask(gateway, filter);
            System.out.print(json ? audit.json() + "\n" : audit.table());
            System.out.flush();
            return audit.ok() ? 0 : 1;
        }
    }

    @Command(name = "replay", description = "Prints stored events as JSON lines, in the order of their times.")
    int replay(
            @Option(names = "--from", required = true, description = TIMES) Instant from,
            @Option(names = "--to", required = true, description = TIMES) Instant to,
            @Option(names = "--device", description = "Glob, such as 'pump-*'.") @Nullable String device,
            @Option(names = "--metric", description = "Glob.") @Nullable String metric,
            @Option(names = "--speed", defaultValue = "max", description = "1 is as fast as it happened; or max.")
                    Speed speed,
            @Option(names = "--into", defaultValue = "stdout", description = "stdout") Target into,
            @Option(names = "--api", defaultValue = API, description = GATEWAY) URI api,
            @Option(names = "--help", usageHelp = true) boolean help)
            throws CommandException, InterruptedException {
        try (var gateway = new GatewayClient(api)) {
            Filter filter = Filter.of("device", device, "metric", metric).between(from, to);
            new Replay(gateway, speed, nanoClock).copy(filter, new FileOutputStream(FileDescriptor.out));
            return 0;
        }
    }

    /** Where a replay goes. */
    enum Target {
        stdout
    }

    @Command(name = "rebuild", description = "Derives a read model from the log again.")
    int rebuild(
            @Parameters(paramLabel = "events|ledger|windows") Rebuild.Model model,
            @Option(names = "--api", defaultValue = API, description = GATEWAY) URI api,
            @Option(names = "--help", usageHelp = true) boolean help)
            throws CommandException, InterruptedException {
        try (var gateway = new GatewayClient(api)) {
            new Rebuild(gateway, System.err, nanoClock).run(model);
            return 0;
        }
    }
}
