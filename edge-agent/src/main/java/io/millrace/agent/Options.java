package io.millrace.agent;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the agent was asked for on its command line.
 *
 * @param config the file agent.yaml; null only with {@code schema}
 * @param check only look for mistakes in it
 * @param schema only print the JSON Schema of it
 * @param untilDrained end once all inputs have ended and everything has its receipt
 * @param exitWithParent end when standard input does
 * @param json tell the outcome as one JSON object on standard output
 */
record Options(
        @Nullable Path config,
        boolean check,
        boolean schema,
        boolean untilDrained,
        boolean exitWithParent,
        boolean json) {
    static final String USAGE = """
            usage: agent --config FILE [--until-drained] [--exit-with-parent] [--json]
                   agent --config FILE --check [--json]    only look for mistakes in FILE
                   agent --schema                          print the JSON Schema of FILE""";

    /** The command line asks for something that there is not; the message has every mistake, one a line. */
    static final class UsageException extends Exception {
        UsageException(String message) {
            super(message);
        }
    }

    static Options parse(List<String> args) throws UsageException {
        var mistakes = new ArrayList<String>();
        var flags = new ArrayList<String>();
        @Nullable Path config = null;
        for (int i = 0; i < args.size(); i++) {
            switch (args.get(i)) {
                case "--config" -> config = path(++i < args.size() ? args.get(i) : "", mistakes);
                case "--check", "--schema", "--until-drained", "--exit-with-parent", "--json" -> flags.add(args.get(i));
                default -> mistakes.add("unknown argument " + args.get(i));
            }
        }
        if (config == null && mistakes.isEmpty() && !flags.contains("--schema")) {
            mistakes.add("--config is missing, expected a file");
        }
        if (!mistakes.isEmpty()) {
            throw new UsageException(String.join("\n", mistakes) + "\n" + USAGE);
        }
        return new Options(
                config,
                flags.contains("--check"),
                flags.contains("--schema"),
                flags.contains("--until-drained"),
                flags.contains("--exit-with-parent"),
                flags.contains("--json"));
    }

    private static @Nullable Path path(String text, List<String> mistakes) {
        try {
            if (!text.isBlank()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            // told below
        }
        mistakes.add("--config is '%s', expected a file".formatted(text));
        return null;
    }
}
