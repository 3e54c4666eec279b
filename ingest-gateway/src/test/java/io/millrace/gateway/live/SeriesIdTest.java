package io.millrace.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeriesIdTest {
    @Test
    void readsBackWhatItWrites() {
        var id = new SeriesId("plant-1", "gw 7", "line/2/pump", "temp/in");
        assertThat(id).hasToString("plant-1/gw 7/line/2/pump+temp/in");
        assertThat(SeriesId.parse(id.toString())).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b/c", "a/b+c", "a//c+d", "+", "a/b/c+", "a/b/c+d#"})
    void refusesWhatIsNoId(String text) {
        assertThatThrownBy(() -> SeriesId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }
}
