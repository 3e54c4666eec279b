package io.millrace.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void readsFlagsInAnyOrder() throws Options.UsageException {
        assertThat(Options.parse(List.of("--until-drained", "--config", "a.yaml", "--exit-with-parent")))
                .isEqualTo(new Options(Path.of("a.yaml"), false, false, true, true, false));
        assertThat(Options.parse(List.of("--schema")).schema()).isTrue();
    }

    @Test
    void tellsEveryMistakeAndHowItIsUsed() {
        assertThatThrownBy(() -> Options.parse(List.of("--bogus", "x", "--config")))
                .isInstanceOf(Options.UsageException.class)
                .hasMessageContainingAll(
                        "unknown argument --bogus", "unknown argument x", "--config is ''", "usage: agent");
        assertThatThrownBy(() -> Options.parse(List.of())).hasMessageContaining("--config is missing");
    }
}
