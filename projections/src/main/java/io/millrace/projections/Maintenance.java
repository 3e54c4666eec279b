package io.millrace.projections;

import io.millrace.model.Glob;
import io.millrace.model.Series;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;

/** Times in which no alert is raised, since people work on the machine; what is bad still at their end is raised then. */
public record Maintenance(Glob device, Glob metric, Times times) {
    public static final int COUNT_MAX = 1_000;

    /** Stands for the end of a time in which nobody works. */
    static final long NONE = Long.MIN_VALUE;

    boolean concerns(Series series) {
        return device.matches(series.device()) && metric.matches(series.metric());
    }

    /** When. All times are event times, microseconds since 1970; a beginning is inclusive, an end exclusive. */
    public sealed interface Times {
        /** The end of what holds this time, {@link #NONE} if nothing does. */
        long endMicros(long timeMicros);
    }

    /** @param toMicros later than {@code fromMicros} */
    public record Once(long fromMicros, long toMicros) implements Times {
        public Once {
            if (fromMicros >= toMicros) {
                throw new IllegalArgumentException("maintenance ends at %d and begins at %d, expected it to end later"
                        .formatted(toMicros, fromMicros));
            }
        }

        @Override
        public long endMicros(long timeMicros) {
            return timeMicros >= fromMicros && timeMicros < toMicros ? toMicros : NONE;
        }
    }

    /**
     * Each week on the same days, as clocks on the wall show it: from 02:00 for three hours is over at 05:00 also in the
     * night in which clocks are changed, and takes two or four hours then. A beginning or end that clocks skip is at the
     * change; of a time that they show twice, the first is the beginning and the second the end.
     *
     * @param on days on which it begins, in the order of the week, each once, at least one
     * @param lasting at least a minute, less than a day if it is on all days, else less than a week
     */
    public record Weekly(List<DayOfWeek> on, LocalTime at, Duration lasting, ZoneId zone) implements Times {
        static final Duration LASTING_MIN = Duration.ofMinutes(1);

        public Weekly {
            on = on.stream().distinct().sorted().toList();
            if (on.isEmpty()) {
                throw new IllegalArgumentException("maintenance is on no day of the week, expected at least one");
            }
            Duration end = on.size() == DayOfWeek.values().length ? Duration.ofDays(1) : Duration.ofDays(7);
            if (lasting.compareTo(LASTING_MIN) < 0 || lasting.compareTo(end) >= 0) {
                throw new IllegalArgumentException("maintenance lasts %s, expected at least %s and less than %s"
                        .formatted(lasting, LASTING_MIN, end));
            }
        }

        @Override
        public long endMicros(long timeMicros) {
            Instant time = Instant.EPOCH.plus(timeMicros, ChronoUnit.MICROS);
            LocalDate today = time.atZone(zone).toLocalDate();
            Instant end = Instant.MIN;
            // From tomorrow, since clocks set back over midnight show today once more, to the earliest that may hold
            // on.
            for (long back = -1; back <= lasting.toDays() + 1; back++) {
                LocalDate day = today.minusDays(back);
                if (on.contains(day.getDayOfWeek())) {
                    LocalDateTime begin = day.atTime(at);
                    Instant thisEnd = instant(begin.plus(lasting), true);
                    boolean holds = !time.isBefore(instant(begin, false)) && time.isBefore(thisEnd);
                    end = holds && thisEnd.isAfter(end) ? thisEnd : end;
                }
            }
            return end.equals(Instant.MIN) ? NONE : ChronoUnit.MICROS.between(Instant.EPOCH, end);
        }

        private Instant instant(LocalDateTime wall, boolean second) {
            ZoneOffsetTransition change = zone.getRules().getTransition(wall);
            if (change == null) {
                return wall.toInstant(zone.getRules().getOffset(wall));
            }
            if (change.isGap()) {
                return change.getInstant();
            }
            return wall.toInstant(second ? change.getOffsetAfter() : change.getOffsetBefore());
        }
    }
}
