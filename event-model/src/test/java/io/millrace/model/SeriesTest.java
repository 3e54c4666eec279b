package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SeriesTest {
    @Test
    void unitIsFreeText() {
        assertThat(new Series("pump-1", "vibration", "m/s²").unit()).isEqualTo("m/s²");
        assertThat(new Series("pump-1", "starts", "#").unit()).isEqualTo("#");
        assertThat(new Series("pump-1", "starts", "").unit()).isEmpty();
    }

    @Test
    void everyPartIsChecked() {
        assertThatThrownBy(() -> new Series("", "m", "")).hasMessageContaining("device is empty");
        assertThatThrownBy(() -> new Series("d", "m#", "")).hasMessageContaining("metric holds U+0023");
        assertThatThrownBy(() -> new Series("d", "m", "x".repeat(65))).hasMessageContaining("unit is 65 bytes");
        assertThatThrownBy(() -> new Series("d", "m", "\n")).hasMessageContaining("control characters");
    }
}
