package io.millrace.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    private static final long BYTES_MAX = 1_000;

    @TempDir
    private Path folder;

    @Test
    void keepsTheNewestAndNeverMoreThanItsLimit() throws IOException {
        Path file = folder.resolve("x.log");
        for (int i = 0; i < 200; i++) {
            follow(new LogFile(file, BYTES_MAX), "line %03d %s%n".formatted(i, "x".repeat(90)));
        }
        try (var files = Files.list(folder)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("x.log", "x.log.1", "x.log.2", "x.log.3");
        }
        assertThat(Files.size(folder.resolve("x.log.1"))).isBetween(BYTES_MAX, 2 * BYTES_MAX);
        assertThat(LogFile.tail(file, 0)).contains("line 199");
    }

    @Test
    void aLineThatNeverEndsIsCutToo() throws IOException {
        var log = new LogFile(folder.resolve("x.log"), BYTES_MAX);
        follow(log, "x".repeat(100_000));
        try (var files = Files.list(folder)) {
            assertThat(files.mapToLong(path -> path.toFile().length()).sum()).isLessThanOrEqualTo(100_000);
        }
        assertThat(folder.resolve("x.log.1")).exists();
    }

    @Test
    void aFileThatCannotBeWrittenCostsBytesAndNothingElse() {
        var log = new LogFile(folder.resolve("missing").resolve("x.log"), BYTES_MAX);
        follow(log, "lost\n");
        assertThat(log.bytesLost()).isEqualTo(5);
    }

    private static void follow(LogFile log, String text) {
        log.follow(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}
