package io.millrace.cli;

import io.millrace.cli.api.Closing;
import io.millrace.cli.api.Filter;
import io.millrace.cli.api.GatewayClient;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ledger close}. */
@Command(name = "ledger", synopsisSubcommandLabel = "COMMAND", description = "Closes what will never come.")
final class LedgerCommands {
    @Option(names = "--help", usageHelp = true)
    @SuppressWarnings("unused") // picocli asks whether it was given
    private boolean help;

    @Command(
            name = "close",
            description = {
                "Declares what an agent's epochs still owe as a gap. What comes after all is stored all the same.",
                "Exit 2 if nothing matches, 1 if something is left: what an agent that is online says it still holds"
                        + " is closed only if its epoch is named."
            })
    int close(
            @Option(names = "--agent", required = true) String agent,
            @Option(names = "--site") @Nullable String site,
            @Option(names = "--lane") @Nullable String lane,
            @Option(names = "--epoch", description = "As the audit shows it.") @Nullable Long epoch,
            @Option(names = "--reason", required = true, description = "Why, in your words; 1 to 512 characters.")
                    String reason,
            @Option(names = "--api", defaultValue = Commands.API, description = Commands.GATEWAY) URI api,
            @Option(names = "--json", description = Commands.JSON) boolean json,
            @Option(names = "--help", usageHelp = true) boolean help)
            throws CommandException, InterruptedException {
        try (var gateway = new GatewayClient(api)) {
            Filter filter = Filter.of("agent", agent, "site", site)
                    .and("lane", lane)
                    .and("epoch", epoch == null ? null : epoch.toString())
                    .and("reason", reason);
            return new Closing(gateway, System.out, json).close(filter) ? 0 : 1;
        }
    }
}
