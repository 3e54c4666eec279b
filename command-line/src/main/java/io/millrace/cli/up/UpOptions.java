package io.millrace.cli.up;

import io.millrace.cli.CommandException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What {@code up} was asked for.
 *
 * @param data folder for everything that is kept
 * @param httpPort 0 for any free one, as the others
 * @param demo whether to run an agent that reads this machine
 * @param retention how long events are kept, such as {@code 90d}; empty for ever
 */
public record UpOptions(Path data, int httpPort, int mqttPort, int sqlPort, boolean demo, String retention) {
    private static final Pattern RETENTION = Pattern.compile("([1-9][0-9]{0,4}d)?");

    /** @throws CommandException if the retention is none */
    void check() throws CommandException {
        if (!RETENTION.matcher(retention).matches()) {
            throw CommandException.wrongUsage(
                    "--retention is '%s', expected whole days such as 90d, at most 99999d".formatted(retention));
        }
    }
}
