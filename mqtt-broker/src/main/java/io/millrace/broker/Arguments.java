package io.millrace.broker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the broker was asked for.
 *
 * @param data folder of the broker; made if it is not there
 * @param port TCP port on 127.0.0.1, 0 for any free one
 * @param exitWithParent whether the end of standard input ends the broker
 */
record Arguments(Path data, int port, boolean exitWithParent) {
    static final String USAGE = "usage: mqtt-broker --data DIR --port N [--exit-with-parent]";

    private static final int PORT_MAX = 65_535;

    /** @throws IllegalArgumentException with every mistake, one a line */
    static Arguments parse(List<String> args) {
        List<String> mistakes = new ArrayList<>();
        @Nullable Path data = null;
        int port = -1;
        boolean exitWithParent = false;
        for (int i = 0; i < args.size(); i++) {
            switch (args.get(i)) {
                case "--data" -> data = ++i < args.size() ? Path.of(args.get(i)) : null;
                case "--port" -> port = port(++i < args.size() ? args.get(i) : "", mistakes);
                case "--exit-with-parent" -> exitWithParent = true;
                default -> mistakes.add("unknown argument " + args.get(i));
            }
        }
        if (data == null) {
            mistakes.add("--data is missing, expected a folder");
        }
        if (port < 0 && mistakes.isEmpty()) {
            mistakes.add("--port is missing, expected 0 to " + PORT_MAX);
        }
        if (data == null || !mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", mistakes) + "\n" + USAGE);
        }
        return new Arguments(data.toAbsolutePath().normalize(), port, exitWithParent);
    }

    private static int port(String text, List<String> mistakes) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= PORT_MAX) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Reported below, with the rule.
        }
        mistakes.add("--port is '%s', expected 0 to %d".formatted(text, PORT_MAX));
        return -1;
    }
}
