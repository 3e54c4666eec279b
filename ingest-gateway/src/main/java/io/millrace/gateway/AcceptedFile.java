package io.millrace.gateway;

import io.millrace.model.yaml.Mistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * A file of the operator's that is read once at start. A start after a crash must not fail over a file that is just being
 * edited, since storing needs none of them: then that counts which was accepted last.
 */
public final class AcceptedFile {
    private static final Logger LOG = Logger.getLogger(AcceptedFile.class);

    private AcceptedFile() {}

    /**
     * Reads the file, or what was accepted last.
     *
     * @param accepted where a copy of the last good file is kept; {@code up} deletes it, so that its user is told
     * @param parse throws {@link IllegalArgumentException} with every mistake, a line each
     * @param absent what counts if there is no such file
     * @throws IllegalArgumentException if the file is wrong and none was accepted before: a plant without the alerts it
     *     counts on must be told before it runs, not after
     */
    public static <T> T read(Path file, Path accepted, Function<Path, T> parse, T absent) {
        if (Files.notExists(file)) {
            return absent;
        }
        try {
            T content = parse.apply(file);
            keep(file, accepted);
            return content;
        } catch (IllegalArgumentException e) {
            if (Files.notExists(accepted)) {
                throw e;
            }
            LOG.errorf("What was in the file before goes on, correct it: file=%s%n%s", file, e.getMessage());
            return parse.apply(accepted);
        }
    }

    /** The mistakes in a file as the reason why it is not used. */
    public static IllegalArgumentException refused(String what, List<Mistake> mistakes) {
        return new IllegalArgumentException(mistakes.stream()
                .map(Mistake::toString)
                .collect(Collectors.joining("\n", what + " are not usable:\n", "")));
    }

    /** Keeps a copy of a file that is good, for a start at which it is not. */
    public static void keep(Path file, Path accepted) {
        try {
            Files.createDirectories(accepted.getParent());
            Files.copy(file, accepted, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warnf("No copy is kept, a mistake in the file will stop the next start: file=%s cause=%s", file, e);
        }
    }
}
