package io.millrace.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.cli.api.Speed;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** Reads command lines with picocli: every mistake in one go, and the exit codes of the contract. */
final class CommandLines {
    private static final int WRONG_USAGE = 2;
    private static final int FAILED = 1;

    private CommandLines() {}

    /**
     * @param now what {@code now-15m} counts from
     * @param err gets what the user has to know
     * @return the exit code
     */
    static int execute(Commands commands, Instant now, PrintStream err, String... args) {
        var line = new CommandLine(commands);
        line.registerConverter(Instant.class, checked(text -> Times.parse(text, now)));
        line.registerConverter(Speed.class, checked(Speed::parse));
        line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        collectErrors(line);
        line.setExecutionStrategy(CommandLines::run);
        line.setExecutionExceptionHandler((e, failed, parsed) -> report(e, failed.getErr(), parsed));
        return line.execute(args);
    }

    /** Picocli shows the message of this exception type only. */
    private static <T> ITypeConverter<T> checked(Function<String, T> parser) {
        return text -> {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    private static void collectErrors(CommandLine line) {
        line.getCommandSpec().parser().collectErrors(true);
        line.getSubcommands().values().forEach(CommandLines::collectErrors);
    }

    private static int run(ParseResult parsed) {
        CommandLine line = parsed.commandSpec().commandLine();
        PrintWriter err = line.getErr();
        boolean wrong = false;
        for (ParseResult level = parsed; level != null; level = level.hasSubcommand() ? level.subcommand() : null) {
            if (level.isUsageHelpRequested()) {
                return new CommandLine.RunLast().execute(parsed);
            }
            List<String> mistakes = mistakes(level);
            mistakes.forEach(err::println);
            wrong |= !mistakes.isEmpty();
        }
        if (wrong) {
            err.println("See ./millrace %s--help"
                    .formatted(
                            parsed.hasSubcommand()
                                    ? parsed.subcommand().commandSpec().name() + " "
                                    : ""));
            if (parsed.expandedArgs().contains("--json")) {
                print("wrong usage, see standard error");
            }
            return WRONG_USAGE;
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Picocli tells what is missing once for each thing, and parameters by themselves, too: the longest tells all. */
    private static List<String> mistakes(ParseResult level) {
        List<String> missing = level.errors().stream()
                .filter(CommandLine.MissingParameterException.class::isInstance)
                .map(e -> String.valueOf(e.getMessage()))
                .toList();
        return Stream.concat(
                        level.errors().stream()
                                .filter(e -> !(e instanceof CommandLine.MissingParameterException))
                                .map(e -> String.valueOf(e.getMessage())),
                        missing.stream().max(Comparator.comparingInt(String::length)).stream())
                .toList();
    }

    /** For a program that asked for JSON: one object, also when there is no answer. */
    private static void print(String error) {
        System.out.printf(
                "{\"ok\":false,\"error\":\"%s\"}%n",
                String.valueOf(JsonStringEncoder.getInstance().quoteAsString(error)));
        System.out.flush();
    }

    private static int report(Exception e, PrintWriter err, ParseResult parsed) {
        if (e instanceof CommandException expected) {
            err.println(expected.getMessage());
            if (parsed.expandedArgs().contains("--json")) {
                print(String.valueOf(expected.getMessage()));
            }
            return expected.exitCode();
        }
        if (e instanceof InterruptedException) {
            return FAILED;
        }
        e.printStackTrace(err);
        return FAILED;
    }
}
