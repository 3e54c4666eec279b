package io.millrace.projections;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;

/**
 * Hours, days or weeks as clocks on the wall show them. Where the clock is changed an hour, day or week is longer or
 * shorter; every time is in exactly one.
 *
 * @param zone whose clocks; its rules are those of the Java platform in use
 */
public record Calendar(Unit unit, ZoneId zone) {
    private static final long SECOND_MICROS = 1_000_000L;

    /** By how much clocks are set back at once: one hour mostly, two where double summer time was kept. */
    static final long CHANGE_MICROS_MAX = 2 * 3_600 * SECOND_MICROS;

    /** How long, and how long without a change of the clock. */
    public enum Unit {
        HOUR(3_600),
        DAY(86_400),
        /** From Monday on. */
        WEEK(7 * 86_400);

        final long micros;

        Unit(long seconds) {
            micros = seconds * SECOND_MICROS;
        }
    }

    /** Start of the hour, day or week that holds this time, microseconds since 1970. */
    long start(long timeMicros) {
        Instant time = Instant.ofEpochSecond(Math.floorDiv(timeMicros, SECOND_MICROS));
        Instant start = startOf(time);
        Instant end = endOf(start);
        while (!end.isAfter(time)) { // a clock set back over midnight: the day before goes on in the new day
            start = end;
            end = endOf(start);
        }
        return micros(start);
    }

    /** End of what begins at this time. */
    long end(long startMicros) {
        return micros(endOf(Instant.ofEpochSecond(startMicros / SECOND_MICROS)));
    }

    private Instant startOf(Instant time) {
        LocalDate day = time.atZone(zone).toLocalDate();
        return switch (unit) {
            case HOUR -> startOfHour(time);
            case DAY -> day.atStartOfDay(zone).toInstant();
            case WEEK ->
                day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                        .atStartOfDay(zone)
                        .toInstant();
        };
    }

    private Instant endOf(Instant start) {
        ZonedDateTime local = start.atZone(zone);
        return switch (unit) {
            case HOUR -> endOfHour(local);
            case DAY -> startOfDay(start, local.toLocalDate().plusDays(1));
            case WEEK -> startOfDay(start, local.toLocalDate().with(TemporalAdjusters.next(DayOfWeek.MONDAY)));
        };
    }

    private Instant startOfDay(Instant after, LocalDate day) {
        Instant start = day.atStartOfDay(zone).toInstant();
        return start.isAfter(after) ? start : startOfDay(after, day.plusDays(1));
    }

    /** A change of the clock by less than an hour, as on Lord Howe Island, ends an hour as well. */
    private Instant startOfHour(Instant time) {
        ZoneOffset offset = zone.getRules().getOffset(time);
        Instant hour = LocalDateTime.ofInstant(time, offset)
                .truncatedTo(ChronoUnit.HOURS)
                .toInstant(offset);
        ZoneOffsetTransition change = zone.getRules().previousTransition(time.plusNanos(1));
        return change == null || change.getInstant().isBefore(hour) ? hour : change.getInstant();
    }

    private Instant endOfHour(ZonedDateTime start) {
        Instant hour = start.toLocalDateTime()
                .truncatedTo(ChronoUnit.HOURS)
                .plusHours(1)
                .toInstant(start.getOffset());
        ZoneOffsetTransition change = zone.getRules().nextTransition(start.toInstant());
        return change == null || change.getInstant().isAfter(hour) ? hour : change.getInstant();
    }

    private static long micros(Instant instant) {
        return instant.getEpochSecond() * SECOND_MICROS;
    }
}
