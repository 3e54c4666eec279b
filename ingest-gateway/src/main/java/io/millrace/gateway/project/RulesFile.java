package io.millrace.gateway.project;

import io.millrace.gateway.AcceptedFile;
import io.millrace.model.yaml.Mistake;
import io.millrace.model.yaml.YamlDocument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operator's rules.
 *
 * @param file may be changed at any time, by any editor
 * @param accepted where a copy of the last good one is kept; {@code up} deletes it, so that its user is told
 */
public record RulesFile(Path file, Path accepted) {
    public static RulesFile in(Path data) {
        return new RulesFile(data.resolve("rules.yaml"), data.resolve("run").resolve("rules.accepted"));
    }

    /**
     * The rules to start with; none if there is no such file.
     *
     * @throws IllegalArgumentException with every mistake, a line each, if no rules were accepted before
     */
    WrittenRules atStart() {
        return AcceptedFile.read(file, accepted, RulesFile::parse, WrittenRules.NONE);
    }

    /** What is in it now; null if it is not there. */
    byte @Nullable [] content() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(YamlDocument.BYTES_MAX + 1);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static WrittenRules parse(Path file) {
        try {
            return switch (WrittenRules.read(file.toString(), Files.readAllBytes(file))) {
                case WrittenRules.Read.Good(WrittenRules rules) -> rules;
                case WrittenRules.Read.Wrong(List<Mistake> mistakes) -> throw AcceptedFile.refused("rules", mistakes);
            };
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "%s cannot be read: %s. Without it there are no alerts; make it readable"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** Remembers what is in it for a start at which it is wrong. */
    void keep() {
        AcceptedFile.keep(file, accepted);
    }
}
