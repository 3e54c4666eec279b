package io.millrace.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeColumnTest {
    private static Instant parse(String format, String zone, String cell) {
        long micros = Objects.requireNonNull(TimeColumn.format(format, ZoneId.of(zone)))
                .micros(cell);
        return Instant.EPOCH.plusNanos(TimeUnit.MICROSECONDS.toNanos(micros));
    }

    @ParameterizedTest
    @CsvSource({
        "yyyy-MM-dd HH:mm:ss, UTC, 2020-03-09 10:14:33, 2020-03-09T10:14:33Z",
        "yyyy-MM-dd HH:mm, UTC, 2020-03-09 10:14, 2020-03-09T10:14:00Z",
        "dd.MM.yyyy, Europe/Berlin, 09.07.2020, 2020-07-08T22:00:00Z",
        "yyyy-MM-dd HH:mm:ss, Europe/Berlin, 2020-07-09 10:00:00, 2020-07-09T08:00:00Z",
        "yyyy-MM-dd HH:mm:ss, Europe/Berlin, 2020-10-25 02:30:00, 2020-10-25T00:30:00Z",
        "yyyy-MM-dd HH:mm:ss.SSSSSS, UTC, 2020-03-09 10:14:33.123456, 2020-03-09T10:14:33.123456Z",
        "yyyy-MM-dd HH:mm:ssXXX, UTC, 2020-03-09 10:14:33+02:00, 2020-03-09T08:14:33Z",
        "rfc3339, UTC, 2020-03-09T10:14:33.5+01:00, 2020-03-09T09:14:33.5Z",
        "rfc3339, UTC, 2020-03-09T10:14Z, 2020-03-09T10:14:00Z",
        "epoch-s, UTC, 1583748873.25, 2020-03-09T10:14:33.25Z",
        "epoch-ms, UTC, 1583748873250, 2020-03-09T10:14:33.25Z",
        "epoch-us, UTC, -1, 1969-12-31T23:59:59.999999Z",
        "epoch-ns, UTC, 1583748873000001999, 2020-03-09T10:14:33.000001Z"
    })
    void readsTimes(String format, String zone, String cell, String expected) {
        assertThat(parse(format, zone, cell)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HH:mm", "bogus {", "yyyy", "epoch"})
    void aPatternWithoutADateIsNoFormat(String pattern) {
        assertThat(TimeColumn.format(pattern, ZoneOffset.UTC)).isNull();
    }

    @Test
    void aLocalTimeThatClocksJumpOverIsRefused() {
        assertThatThrownBy(() -> parse("yyyy-MM-dd HH:mm:ss", "Europe/Berlin", "2026-03-29 02:30:00"))
                .isInstanceOf(DateTimeException.class)
                .hasMessageContaining("does not occur in Europe/Berlin");
    }

    @Test
    void otherCellsAreRefusedAndCostNothing() {
        for (String cell : new String[] {"", "x", "1e999999999", "NaN", "99999999999999999999999", "1,5"}) {
            assertThatThrownBy(() -> parse("epoch-s", "UTC", cell))
                    .isInstanceOfAny(NumberFormatException.class, ArithmeticException.class);
        }
    }
}
