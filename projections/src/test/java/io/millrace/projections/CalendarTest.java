package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Glob;
import io.millrace.projections.Calendar.Unit;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.Rule.WindowValue;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CalendarTest {
    private static final Instant FROM = Instant.parse("1996-01-01T00:00:00Z");
    private static final Duration YEARS = Duration.ofDays(365 * 30);

    @ParameterizedTest
    @CsvSource({
        "HOUR, Asia/Kolkata,      2026-01-01T10:45:00Z, 2026-01-01T10:30:00Z, 2026-01-01T11:30:00Z",
        "DAY,  Europe/Berlin,     2026-01-15T12:00:00Z, 2026-01-14T23:00:00Z, 2026-01-15T23:00:00Z",
        "DAY,  Europe/Berlin,     2026-03-29T12:00:00Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
        "DAY,  Europe/Berlin,     2026-10-25T12:00:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
        "WEEK, Europe/Berlin,     2026-10-25T12:00:00Z, 2026-10-18T22:00:00Z, 2026-10-25T23:00:00Z",
        "WEEK, UTC,               1970-01-01T00:00:00Z, 1969-12-29T00:00:00Z, 1970-01-05T00:00:00Z",
        // Clocks go back by half an hour at 02:00, so that 01:30 to 02:00 comes twice.
        "HOUR, Australia/Lord_Howe, 2026-04-04T14:45:00Z, 2026-04-04T14:00:00Z, 2026-04-04T15:00:00Z",
        "HOUR, Australia/Lord_Howe, 2026-04-04T15:10:00Z, 2026-04-04T15:00:00Z, 2026-04-04T15:30:00Z",
        // Clocks went back from midnight to 23:00, and forward at midnight to 01:00.
        "DAY,  America/Sao_Paulo, 2018-02-18T02:30:00Z, 2018-02-17T02:00:00Z, 2018-02-18T03:00:00Z",
        "DAY,  America/Sao_Paulo, 2018-11-04T12:00:00Z, 2018-11-04T03:00:00Z, 2018-11-05T02:00:00Z",
    })
    void followsTheClocksOnTheWall(Unit unit, String zone, Instant time, Instant start, Instant end) {
        var calendar = new Calendar(unit, ZoneId.of(zone));
        assertThat(instant(calendar.start(micros(time)))).isEqualTo(start);
        assertThat(instant(calendar.end(micros(start)))).isEqualTo(end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Europe/Berlin",
                "America/Sao_Paulo",
                "America/Havana",
                "Australia/Lord_Howe",
                "Pacific/Apia",
                "Africa/Cairo",
                "Asia/Tehran",
                "UTC"
            })
    void everyTimeIsInExactlyOne(String zoneName) {
        ZoneId zone = ZoneId.of(zoneName);
        var random = new SplittableRandom(1);
        for (Unit unit : Unit.values()) {
            var calendar = new Calendar(unit, zone);
            for (int i = 0; i < 2_000; i++) {
                check(calendar, micros(nearAChange(zone, random)));
            }
        }
    }

    private static void check(Calendar calendar, long time) {
        long start = calendar.start(time);
        long end = calendar.end(start);
        assertThat(start).isLessThanOrEqualTo(time);
        assertThat(end).isGreaterThan(time);
        assertThat(calendar.start(start)).isEqualTo(start);
        assertThat(calendar.start(end - 1)).isEqualTo(start);
        assertThat(calendar.start(end)).isEqualTo(end);
    }

    /** Half of the times within two days of a change of the clock, if there is one. */
    private static Instant nearAChange(ZoneId zone, SplittableRandom random) {
        Instant any = FROM.plusSeconds(random.nextLong(YEARS.toSeconds()));
        ZoneOffsetTransition change = zone.getRules().nextTransition(any);
        return change == null || random.nextBoolean()
                ? any
                : change.getInstant().plusSeconds(random.nextLong(-172_800, 172_800));
    }

    @Test
    void aDayOfTwentyFiveHoursIsOneWindow() {
        var spec = WindowSpec.of(new Calendar(Unit.DAY, ZoneId.of("Europe/Berlin")));
        var feed = new Feed(new Rule(
                "day",
                Glob.ANY,
                Glob.ANY,
                Optional.of(new WindowValue(spec, Aggregate.SUM)),
                new Threshold(Side.ABOVE, 24.5, 24.5, 0),
                Severity.MINOR));
        long midnight = micros(Instant.parse("2026-10-24T22:00:00Z"));
        for (int hour = 0; hour < 26; hour++) {
            feed.live((midnight - Feed.START) / 1e6 + hour * 3_600, 1);
        }
        List<ClosedWindow> days = feed.out.windows.stream()
                .filter(w -> w.sizeMicros() > 3_600 * Feed.SECOND)
                .toList();
        assertThat(days).singleElement().satisfies(day -> {
            assertThat(day.startMicros()).isEqualTo(midnight);
            assertThat(day.sizeMicros()).isEqualTo(25 * 3_600 * Feed.SECOND);
            assertThat(day.values().count()).isEqualTo(25);
        });
        assertThat(feed.out.transitions)
                .singleElement()
                .satisfies(t -> assertThat(t.value()).isEqualTo(25));
    }

    private static long micros(Instant instant) {
        return instant.getEpochSecond() * 1_000_000;
    }

    private static Instant instant(long micros) {
        return Instant.ofEpochSecond(micros / 1_000_000);
    }
}
