package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "now, 2026-01-31T12:00:00Z",
        "now-90s, 2026-01-31T11:58:30Z",
        "now-15m, 2026-01-31T11:45:00Z",
        "now-36h, 2026-01-30T00:00:00Z",
        "now-30d, 2026-01-01T12:00:00Z",
        "2026-01-01T00:00:00Z, 2026-01-01T00:00:00Z",
        "2026-01-01T01:00:00.25+01:00, 2026-01-01T00:00:00.250Z",
    })
    void readsBothForms(String text, Instant time) {
        assertThat(Times.parse(text, NOON)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "now-",
                "now-5",
                "now-5y",
                "now+5m",
                "2026-01-01",
                "2026-01-01T00:00:00",
                "12:00Z"
            })
    void refusesAllElseWithAnExample(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Times.parse(text, NOON))
                .withMessageContaining("'%s' is no time".formatted(text))
                .withMessageContaining("now-15m");
    }

    @Test
    void refusesATimeBeforeAllTimes() {
        assertThatIllegalArgumentException().isThrownBy(() -> Times.parse("now-999999999d", Instant.MIN));
    }
}
