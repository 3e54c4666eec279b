package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./millrace rules check} says. */
final class MainTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aFileWithoutMistakesIsFine() throws Exception {
        Path file = Files.writeString(folder.resolve("rules.yaml"), """
                rules:
                  - {name: hot, on: {device: "*", metric: temperature}, when: {above: 80}, severity: minor}
                """);
        assertThat(run(file.toString())).isZero();
        assertThat(text(out)).isEqualTo(file + " is fine, rules: 1\n");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void everyMistakeIsToldWithItsPlaceAndNothingElse() throws Exception {
        Path file = Files.writeString(folder.resolve("rules.yaml"), """
                rules:
                  - name: hot
                    on: {device: "*", metric: temperature}
                    when: {abov: 80}
                    severity: urgent
                """);
        assertThat(run(file.toString())).isEqualTo(2);
        assertThat(text(out)).isEmpty();
        assertThat(text(err).lines()).hasSize(3).allMatch(line -> line.matches(".*rules\\.yaml:[45]:\\d+: .*"));
    }

    @Test
    void aFileThatIsNotThereIsWrongInput() {
        assertThat(run(folder.resolve("none.yaml").toString())).isEqualTo(2);
        assertThat(text(err)).contains("none.yaml cannot be read: it does not exist. Give");
    }

    @Test
    void wrongUsageIsTold() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("a", "b", "--colour")).isEqualTo(2);
        assertThat(text(err)).contains("0 files given", "2 files given", "unknown option --colour", "usage:");
    }

    @Test
    void theSchemaIsPrintedForEditors() {
        assertThat(run("--schema")).isZero();
        assertThat(text(out)).startsWith("{").contains("\"$schema\"");
    }

    private int run(String... args) {
        return Main.run(List.of(args), printer(out), printer(err));
    }

    private static PrintStream printer(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream from) {
        return from.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}
