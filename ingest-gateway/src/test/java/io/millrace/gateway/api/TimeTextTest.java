package io.millrace.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "2026-01-01T00:00:00Z, 2026-01-01T00:00:00Z",
        "2026-01-01T01:00:00.000001+01:00, 2026-01-01T00:00:00.000001Z",
        "1969-12-31T23:59:59.999999Z, 1969-12-31T23:59:59.999999Z",
        "now, 2026-01-01T12:00:00Z",
        "now-90s, 2026-01-01T11:58:30Z",
        "now-15m, 2026-01-01T11:45:00Z",
        "now-12h, 2026-01-01T00:00:00Z",
        "now-1d, 2025-12-31T12:00:00Z"
    })
    void readsWhatUsersWrite(String text, Instant expected) {
        assertThat(Instant.EPOCH.plusNanos(TimeText.micros(text, NOW) * 1000)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-01-01",
                "2026-01-01T00:00:00",
                "now-",
                "now-15",
                "now-15w",
                "now+1h",
                "now-999999999d",
                "1700000000",
                "+99999-01-01T00:00:00Z"
            })
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> TimeText.micros(text, NOW)).isInstanceOf(IllegalArgumentException.class);
    }
}
