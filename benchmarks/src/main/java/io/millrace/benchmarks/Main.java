package io.millrace.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./millrace bench}: exits 0 when it measured, whether goals are met or not; 2 on wrong usage or input. */
@Command(
        name = "./millrace bench",
        mixinStandardHelpOptions = true,
        subcommands = {WireCommand.class, E2eCommand.class, SpoolCommand.class, ProjectionsCommand.class},
        description = "Measures what the design promises.")
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler(Main::report);
    }

    /** Wrong input is told in a sentence; anything else is a bug and keeps its stack trace. */
    private static int report(Exception failure, CommandLine command, CommandLine.ParseResult arguments)
            throws Exception {
        if (failure instanceof InputException) {
            command.getErr().println("bench: " + failure.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        throw failure;
    }
}
