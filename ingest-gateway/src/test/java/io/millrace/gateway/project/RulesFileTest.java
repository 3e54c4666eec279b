package io.millrace.gateway.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.projections.Rules;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesFileTest {
    private static final String GOOD = """
            rules:
              - name: hot
                on: {device: "*", metric: temperature}
                when: {above: 80, clear: 78}
                severity: major
            """;

    @TempDir
    private Path data;

    private Rules read() {
        return RulesFile.in(data).atStart().rules();
    }

    @Test
    void refusesMistakesAtAFirstStartAndGoesOnWithTheLastRulesAtAnother() throws Exception {
        Path file = Files.writeString(data.resolve("rules.yaml"), "rules:\n\t- oops\n");
        assertThatThrownBy(this::read)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tab");
        Files.writeString(file, GOOD);
        Rules good = read();
        Files.writeString(file, "rules:\n\t- oops\n");
        assertThat(read()).isEqualTo(good).isNotEqualTo(Rules.NONE);
    }
}
