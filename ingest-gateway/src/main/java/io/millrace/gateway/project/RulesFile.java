package io.millrace.gateway.project;

import io.millrace.gateway.AcceptedFile;
import io.millrace.model.yaml.Mistake;
import io.millrace.projections.Rules;
import io.millrace.projections.RulesParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The operator's rules, read once at start. */
public final class RulesFile {
    private RulesFile() {}

    /**
     * Reads the rules; none if there is no such file.
     *
     * @param accepted where a copy of the last good file is kept; {@code up} deletes it, so that its user is told
     * @throws IllegalArgumentException with every mistake, a line each, if no rules were accepted before
     */
    public static Rules read(Path file, Path accepted) {
        return AcceptedFile.read(file, accepted, RulesFile::parse, Rules.NONE);
    }

    private static Rules parse(Path file) {
        try {
            return switch (RulesParser.read(file)) {
                case RulesParser.Parsed.Valid(Rules rules) -> rules;
                case RulesParser.Parsed.Invalid(List<Mistake> mistakes) ->
                    throw AcceptedFile.refused("rules", mistakes);
            };
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "%s cannot be read: %s. Without it there are no alerts; make it readable"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }
}
