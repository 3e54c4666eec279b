package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.projections.Maintenance.Weekly;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MaintenanceTest {
    private static final List<DayOfWeek> ALL = List.of(DayOfWeek.values());
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void isOnItsDaysFromItsTimeOn() {
        var night = new Weekly(
                List.of(DayOfWeek.MONDAY, DayOfWeek.THURSDAY), LocalTime.of(2, 0), Duration.ofHours(3), BERLIN);
        assertHolds(night, "2026-03-02T01:00:00Z", "2026-03-02T04:00:00Z"); // a Monday
        assertHolds(night, "2026-03-05T01:00:00Z", "2026-03-05T04:00:00Z");
        assertHolds(night, "2026-07-06T00:00:00Z", "2026-07-06T03:00:00Z"); // in summer an hour earlier
        for (String day : List.of("03", "04", "06", "07", "08")) {
            assertThat(end(night, "2026-03-%sT02:00:00Z".formatted(day))).isNull();
        }
    }

    /** Europe/Berlin: 2026-03-29 02:00 becomes 03:00, and 2026-10-25 03:00 becomes 02:00. */
    @ParameterizedTest(name = "{0} for {1} is from {2} to {3}")
    @CsvSource({
        "01:00, 4h, 2026-03-29T00:00:00Z, 2026-03-29T03:00:00Z",
        "02:30, 2h, 2026-03-29T01:00:00Z, 2026-03-29T02:30:00Z",
        "01:00, 90m, 2026-03-29T00:00:00Z, 2026-03-29T01:00:00Z",
        "23:00, 6h, 2026-03-28T22:00:00Z, 2026-03-29T03:00:00Z",
        "01:00, 4h, 2026-10-24T23:00:00Z, 2026-10-25T04:00:00Z",
        "02:30, 2h, 2026-10-25T00:30:00Z, 2026-10-25T03:30:00Z",
        "01:00, 90m, 2026-10-24T23:00:00Z, 2026-10-25T01:30:00Z",
    })
    void goesByTheClockOnTheWallAlsoWhenThatIsChanged(LocalTime at, String lasting, String from, String to) {
        Duration duration = Duration.parse("PT" + lasting);
        assertHolds(new Weekly(ALL, at, duration, BERLIN), from, to);
    }

    /** Havana: on 2026-11-01 the clock goes from 01:00 back to midnight, so that the day begins twice. */
    @Test
    void goesOnWhenTheDayBeginsTwice() {
        var havana = ZoneId.of("America/Havana");
        assertHolds(
                new Weekly(List.of(DayOfWeek.SUNDAY), LocalTime.MIDNIGHT, Duration.ofMinutes(30), havana),
                "2026-11-01T04:00:00Z",
                "2026-11-01T05:30:00Z");
    }

    @Test
    void thoseThatOverlapEndWithTheLast() {
        var long1 =
                new Weekly(List.of(DayOfWeek.FRIDAY, DayOfWeek.SATURDAY), LocalTime.NOON, Duration.ofDays(2), BERLIN);
        assertThat(end(long1, "2026-03-07T12:00:00Z")).isEqualTo("2026-03-09T11:00:00Z");
        assertThat(end(long1, "2026-03-06T11:00:00Z")).isEqualTo("2026-03-08T11:00:00Z");
        assertThat(end(long1, "2026-03-09T11:00:00Z")).isNull();
    }

    @Test
    void whatNeverEndsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Weekly(ALL, LocalTime.NOON, Duration.ofDays(1), BERLIN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Weekly(List.of(), LocalTime.NOON, Duration.ofHours(1), BERLIN));
    }

    private static void assertHolds(Weekly times, String from, String to) {
        Instant begin = Instant.parse(from);
        Instant end = Instant.parse(to);
        assertThat(end(times, begin.minusNanos(1_000).toString())).isNull();
        assertThat(end(times, from)).isEqualTo(to);
        assertThat(end(times, end.minusNanos(1_000).toString())).isEqualTo(to);
        assertThat(end(times, to)).isNull();
    }

    private static String end(Weekly times, String at) {
        long micros = times.endMicros(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(at)));
        return micros == Maintenance.NONE
                ? null
                : Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
