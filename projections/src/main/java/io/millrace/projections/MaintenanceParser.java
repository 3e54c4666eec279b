package io.millrace.projections;

import static io.millrace.model.yaml.Rule.duration;
import static io.millrace.model.yaml.Rule.oneOf;
import static io.millrace.model.yaml.Rule.text;

import io.millrace.model.Glob;
import io.millrace.model.yaml.Rule;
import io.millrace.model.yaml.YamlMap;
import io.millrace.projections.Maintenance.Once;
import io.millrace.projections.Maintenance.Times;
import io.millrace.projections.Maintenance.Weekly;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the times in which no alert is raised. */
final class MaintenanceParser {
    private static final long SECOND_MICROS = 1_000_000L;

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private static final Rule<Instant> TIME = new Rule<>(
            "a time with offset such as 2026-01-31T08:00:00+01:00, from 1970 to 9999",
            Instant.EPOCH,
            MaintenanceParser::time);

    private static final Rule<LocalTime> TIME_OF_DAY =
            new Rule<>("a time of day such as 02:00", LocalTime.MIDNIGHT, MaintenanceParser::timeOfDay);

    private static final Rule<DayOfWeek> DAY_OF_WEEK =
            new Rule<>("one of mon, tue, wed, thu, fri, sat, sun", DayOfWeek.MONDAY, MaintenanceParser::dayOfWeek);

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);

    private enum Every {
        DAY,
        WEEK
    }

    private MaintenanceParser() {}

    static List<Maintenance> read(YamlMap root) {
        List<YamlMap> maps = root.maps("maintenance");
        if (maps.size() > Maintenance.COUNT_MAX) {
            root.mistake(
                    "maintenance", "has %d times, expected at most %d".formatted(maps.size(), Maintenance.COUNT_MAX));
        }
        var all = new ArrayList<Maintenance>();
        for (YamlMap map : maps) {
            Glob device = RulesParser.glob(map, "device", Glob.ANY);
            Glob metric = RulesParser.glob(map, "metric", Glob.ANY);
            Optional<? extends Times> times = map.has("every") ? weekly(map) : once(map);
            times.ifPresent(t -> all.add(new Maintenance(device, metric, t)));
        }
        return all;
    }

    private static Optional<Once> once(YamlMap map) {
        long from = micros(map.required("from", TIME));
        long to = micros(map.required("to", TIME));
        boolean given = map.has("from") && map.has("to");
        map.find("every", oneOf(Every.class)); // so that it is suggested for a key that is misspelt
        for (String key : List.of("at", "for", "zone")) {
            if (map.find(key, text("nothing without every")) != null) {
                map.mistake(key, "stands without every, expected every: day or every: week with it");
            }
        }
        if (!map.list("on", DAY_OF_WEEK, List.of()).isEmpty()) {
            map.mistake("on", "stands without every, expected every: week with it");
        }
        if (from < to) {
            return Optional.of(new Once(from, to));
        }
        if (given && to != 0 && from != 0) {
            map.mistake("to", "is not after from, expected a later time");
        }
        return Optional.empty();
    }

    private static Optional<Weekly> weekly(YamlMap map) {
        Every every = map.required("every", oneOf(Every.class));
        List<DayOfWeek> on = map.list("on", DAY_OF_WEEK, List.of());
        LocalTime at = map.required("at", TIME_OF_DAY);
        Duration lasting = map.required("for", duration(Weekly.LASTING_MIN, WEEK));
        ZoneId zone = map.required("zone", RulesParser.ZONE);
        for (String key : List.of("from", "to")) {
            if (map.find(key, text("nothing beside every")) != null) {
                map.mistake(key, "stands beside every, expected one of them");
            }
        }
        if (every == Every.DAY && map.has("on")) {
            map.mistake("on", "stands beside every: day, expected every: week with it");
        } else if (every == Every.WEEK && on.isEmpty()) {
            map.mistake("on", "is missing or empty, expected days such as [mon, thu]");
        }
        List<DayOfWeek> days = every == Every.DAY ? List.of(DayOfWeek.values()) : on;
        boolean daily = days.containsAll(List.of(DayOfWeek.values()));
        if (lasting.compareTo(daily ? DAY : WEEK) >= 0) {
            map.mistake(
                    "for", "never ends before it begins again, expected less than %s".formatted(daily ? "1d" : "7d"));
            return Optional.empty();
        }
        return days.isEmpty() ? Optional.empty() : Optional.of(new Weekly(days, at, lasting, zone));
    }

    private static @Nullable Instant time(String text) {
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            return time.isBefore(Instant.EPOCH) || time.isAfter(LAST) ? null : time;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable DayOfWeek dayOfWeek(String text) {
        for (DayOfWeek day : DayOfWeek.values()) {
            if (day.name().substring(0, 3).toLowerCase(Locale.ROOT).equals(text)) {
                return day;
            }
        }
        return null;
    }

    private static @Nullable LocalTime timeOfDay(String text) {
        try {
            return text.length() == "02:00".length() ? LocalTime.parse(text) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * SECOND_MICROS + time.getNano() / 1_000;
    }
}
