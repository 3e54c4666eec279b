package io.millrace.cli;

import io.millrace.cli.api.Backtest;
import io.millrace.cli.api.Filter;
import io.millrace.cli.api.GatewayClient;
import io.millrace.model.FileTrouble;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rules backtest}; {@code rules check} needs no gateway and is a process of its own. */
@Command(
        name = "rules",
        synopsisSubcommandLabel = "COMMAND",
        description = "Tries rules before they are switched on.",
        footer = "  check     Tells every mistake in a file of rules. Needs no gateway.")
final class RulesCommands {
    @Option(names = "--help", usageHelp = true)
    @SuppressWarnings("unused") // picocli asks whether it was given
    private boolean help;

    @Command(
            name = "backtest",
            description = "Tells when the rules in a file would have fired on what is logged. Changes nothing."
                    + " Exit 1 if it is NOT COMPLETE: not all fitted the limits of a backtest.")
    int backtest(
            @Parameters(paramLabel = "FILE", description = "As data/rules.yaml.") Path file,
            @Option(names = "--from", required = true, description = "Event time. " + Commands.TIMES) Instant from,
            @Option(names = "--to", required = true, description = "Event time. " + Commands.TIMES) Instant to,
            @Option(names = "--compare", description = "Also how that differs from what fired.") boolean compare,
            @Option(names = "--api", defaultValue = Commands.API, description = Commands.GATEWAY) URI api,
            @Option(names = "--json", description = Commands.JSON) boolean json,
            @Option(names = "--help", usageHelp = true) boolean help)
            throws CommandException, InterruptedException {
        Filter filter = Filter.of("file", file.toString(), "compare", compare ? "true" : null)
                .between(from, to);
        byte[] rules = read(file);
        try (var gateway = new GatewayClient(api)) {
            return new Backtest(gateway, System.out, json).run(filter, rules) ? 0 : 1;
        }
    }

    private static byte[] read(Path file) throws CommandException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw CommandException.wrongUsage("%s cannot be read: %s. Give a file of rules such as data/rules.yaml"
                    .formatted(file, FileTrouble.of(e)));
        }
    }
}
