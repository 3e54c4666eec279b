package io.millrace.gateway.project;

import io.millrace.model.yaml.Mistake;
import io.millrace.projections.Rules;
import io.millrace.projections.RulesParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** The operator's rules, read once at start. */
public final class RulesFile {
    private static final Logger LOG = Logger.getLogger(RulesFile.class);

    private RulesFile() {}

    /**
     * Reads the rules; none if there is no such file. A start after a crash must not fail over a file that is just being
     * edited, since storing needs no rules: then those count that were accepted last.
     *
     * @param accepted where a copy of the last good file is kept; {@code up} deletes it, so that its user is told
     * @throws IllegalArgumentException with every mistake, a line each, if no rules were accepted before: a plant without
     *     the alerts it counts on must be told before it runs, not after
     */
    public static Rules read(Path file, Path accepted) {
        if (Files.notExists(file)) {
            return Rules.NONE;
        }
        try {
            Rules rules = parse(file);
            keep(file, accepted);
            return rules;
        } catch (IllegalArgumentException e) {
            if (Files.notExists(accepted)) {
                throw e;
            }
            LOG.errorf(
                    "The rules of the last start go on, correct the file and start again: file=%s%n%s",
                    file, e.getMessage());
            return parse(accepted);
        }
    }

    private static Rules parse(Path file) {
        try {
            return switch (RulesParser.read(file)) {
                case RulesParser.Parsed.Valid(Rules rules) -> rules;
                case RulesParser.Parsed.Invalid(List<Mistake> mistakes) ->
                    throw new IllegalArgumentException(mistakes.stream()
                            .map(Mistake::toString)
                            .collect(Collectors.joining("\n", "rules are not usable:\n", "")));
            };
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "%s cannot be read: %s. Without it there are no alerts; make it readable"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static void keep(Path file, Path accepted) {
        try {
            Files.createDirectories(accepted.getParent());
            Files.copy(file, accepted, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warnf("No copy of the rules is kept, a mistake in them will stop the next start: cause=%s", e);
        }
    }
}
