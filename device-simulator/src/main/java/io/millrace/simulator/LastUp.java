package io.millrace.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the last {@code ./millrace up} said that its parts are. */
final class LastUp {
    private final Path home;

    /** @param home the repository's root */
    LastUp(Path home) {
        this.home = home;
    }

    /** The {@code sql} line's address, of the data folder used last, else of the default one. */
    Optional<String> sql() {
        return Optional.of(lastFolder())
                .map(folder -> addresses(folder).isEmpty() ? home.resolve("data") : folder)
                .stream()
                .flatMap(folder -> addresses(folder).lines())
                .filter(line -> line.startsWith("sql "))
                .map(line -> line.substring("sql ".length()))
                .findFirst();
    }

    private Path lastFolder() {
        try {
            return Path.of(
                    Files.readString(home.resolve("target").resolve("last-up")).strip());
        } catch (IOException _) {
            return home.resolve("data");
        }
    }

    private static String addresses(Path folder) {
        try {
            return Files.readString(folder.resolve("run").resolve("addresses"));
        } catch (IOException _) {
            return "";
        }
    }
}
