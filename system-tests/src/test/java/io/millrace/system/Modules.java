package io.millrace.system;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;

/** Where the other modules are, as built. */
final class Modules {
    /** The repository's root. */
    static final Path HOME =
            Path.of(System.getProperty("millrace.home", "..")).toAbsolutePath().normalize();

    private static final List<String> NAMES = List.of(
            "event-model",
            "edge-agent",
            "device-simulator",
            "mqtt-broker",
            "ingest-gateway",
            "cloud-store",
            "projections",
            "command-line");

    private Modules() {}

    /** All classes of ours; read from disk, since class paths of a broker and a gateway do not go together. */
    static JavaClasses classes() {
        return new ClassFileImporter()
                .importPaths(NAMES.stream()
                        .map(module -> HOME.resolve(module).resolve("target").resolve("classes"))
                        .toList());
    }
}
