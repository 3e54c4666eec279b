package io.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder that goes with all that it holds. */
record ScratchFolder(Path path) implements AutoCloseable {
    private static final AtomicInteger OPEN = new AtomicInteger();

    ScratchFolder {
        OPEN.incrementAndGet();
    }

    /** How many there are that are not deleted yet. */
    static int open() {
        return OPEN.get();
    }

    /**
     * @param parent a folder that is there; null for the system's one for temporary files
     */
    static ScratchFolder create(@Nullable Path parent) throws IOException {
        String prefix = "millrace-bench";
        return new ScratchFolder(
                parent == null ? Files.createTempDirectory(prefix) : Files.createTempDirectory(parent, prefix));
    }

    @Override
    public void close() throws IOException {
        delete(path);
        OPEN.decrementAndGet();
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
