package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "plant-1", "Volume Flow RateRMS", "größe", "温度", "🙂", "$SYS", "."})
    void allowsWhatIsOneLevelOfATopic(String name) {
        assertThat(Names.check("site", name)).isSameAs(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a/b", "a+", "#", "a\u0000", "tab\t", "\u007F", "\u0085", "\uD83D", "\uDE42", "a\uDE42\uD83D"
            })
    void refusesWhatMqttOrUtf8CannotCarry(String name) {
        assertThatThrownBy(() -> Names.check("site", name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("site ");
    }

    @Test
    void countsBytesNotCharacters() {
        assertThat(Names.check("lane", "x".repeat(64))).hasSize(64);
        assertThat(Names.check("lane", "ü".repeat(32))).hasSize(32);
        assertThatThrownBy(() -> Names.check("lane", "x".repeat(65))).hasMessageContaining("65 bytes");
        assertThatThrownBy(() -> Names.check("lane", "ü".repeat(33))).hasMessageContaining("66 bytes");
    }

    @Test
    void devicesAndMetricsMayBePaths() {
        assertThat(Names.checkPath("device", "line 2/pump")).isEqualTo("line 2/pump");
        assertThatThrownBy(() -> Names.checkPath("device", "line+")).hasMessageContaining("U+002B at character 5");
    }
}
