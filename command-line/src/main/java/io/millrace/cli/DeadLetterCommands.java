package io.millrace.cli;

import io.millrace.cli.api.DeadLetters;
import io.millrace.cli.api.Filter;
import io.millrace.cli.api.GatewayClient;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dead-letters list|show|redrive}. */
@Command(
        name = "dead-letters",
        synopsisSubcommandLabel = "COMMAND",
        description = "Lists, shows and drives again what could not be used.")
final class DeadLetterCommands {
    @Option(names = "--help", usageHelp = true)
    @SuppressWarnings("unused") // picocli asks whether it was given
    private boolean help;

    private static final String TIMES = "When it came. " + Commands.TIMES;

    @Command(name = "list", description = "Lists dead letters, the latest first.")
    int list(
            @Option(names = "--site") @Nullable String site,
            @Option(names = "--agent") @Nullable String agent,
            @Option(names = "--reason", description = "Such as not_finite.") @Nullable String reason,
            @Option(names = "--from", description = TIMES) @Nullable Instant from,
            @Option(names = "--to", description = TIMES) @Nullable Instant to,
            @Option(names = "--limit", defaultValue = "50", description = "1 to 500, default ${DEFAULT-VALUE}.")
                    int limit,
            @Option(names = "--all", description = "Also those that were driven again and are none any more.")
                    boolean all,
            @Option(names = "--api", defaultValue = Commands.API, description = Commands.GATEWAY) URI api,
            @Option(names = "--json", description = Commands.JSON) boolean json,
            @Option(names = "--help", usageHelp = true) boolean help)
            throws CommandException, InterruptedException {
        try (var gateway = new GatewayClient(api)) {
            Filter filter = filter(site, agent, reason, from, to)
                    .and("limit", Integer.toString(limit))
                    .and("state", all ? "all" : null);
            new DeadLetters(gateway, System.out, json).list(filter);
            return 0;
        }
    }

    @Command(name = "show", description = "Shows one dead letter with its bytes.")
    int show(
            @Parameters(paramLabel = "ID", description = "As the list shows it.") String id,
            @Option(names = "--api", defaultValue = Commands.API, description = Commands.GATEWAY) URI api,
            @Option(names = "--json", description = Commands.JSON) boolean json,
            @Option(names = "--help", usageHelp = true) boolean help)
            throws CommandException, InterruptedException {
        try (var gateway = new GatewayClient(api)) {
            new DeadLetters(gateway, System.out, json).show(id);
            return 0;
        }
    }

    @Command(
            name = "redrive",
            description = "Takes dead letters in again. Exit 1 if one of them stays a dead letter, 2 if none matches.")
    int redrive(
            @Parameters(paramLabel = "ID", arity = "0..1", description = "One letter; or --all.") @Nullable String id,
            @Option(names = "--all", description = "All letters that match the other options.") boolean all,
            @Option(names = "--site") @Nullable String site,
            @Option(names = "--agent") @Nullable String agent,
            @Option(names = "--reason", description = "Such as not_finite.") @Nullable String reason,
            @Option(names = "--from", description = TIMES) @Nullable Instant from,
            @Option(names = "--to", description = TIMES) @Nullable Instant to,
            @Option(names = "--api", defaultValue = Commands.API, description = Commands.GATEWAY) URI api,
            @Option(names = "--json", description = Commands.JSON) boolean json,
            @Option(names = "--help", usageHelp = true) boolean help)
            throws CommandException, InterruptedException {
        Filter filter = filter(site, agent, reason, from, to);
        if (all == (id != null) || (id != null && !filter.criteria().isEmpty())) {
            throw CommandException.wrongUsage(
                    "redrive takes either the ID of one dead letter, or --all with --site, --agent, --reason, --from, --to");
        }
        try (var gateway = new GatewayClient(api)) {
            var letters = new DeadLetters(gateway, System.out, json);
            return (id == null ? letters.redriveAll(filter) : letters.redrive(id)) ? 0 : 1;
        }
    }

    private static Filter filter(
            @Nullable String site,
            @Nullable String agent,
            @Nullable String reason,
            @Nullable Instant from,
            @Nullable Instant to)
            throws CommandException {
        return Filter.of("site", site, "agent", agent).and("reason", reason).between(from, to);
    }
}
