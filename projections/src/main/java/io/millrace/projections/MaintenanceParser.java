package io.millrace.projections;

import io.millrace.model.Glob;
import io.millrace.model.yaml.Rule;
import io.millrace.model.yaml.YamlMap;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the times in which no alert is raised. */
final class MaintenanceParser {
    private static final long SECOND_MICROS = 1_000_000L;

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private static final Rule<Instant> TIME = new Rule<>(
            "a time with offset such as 2026-01-31T08:00:00+01:00, from 1970 to 9999",
            Instant.EPOCH,
            MaintenanceParser::time);

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
            long from = micros(map.required("from", TIME));
            long to = micros(map.required("to", TIME));
            boolean given = map.has("from") && map.has("to");
            if (from < to) {
                all.add(new Maintenance(device, metric, from, to));
            } else if (given && to != 0 && from != 0) {
                map.mistake("to", "is not after from, expected a later time");
            }
        }
        return all;
    }

    private static @Nullable Instant time(String text) {
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            return time.isBefore(Instant.EPOCH) || time.isAfter(LAST) ? null : time;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * SECOND_MICROS + time.getNano() / 1_000;
    }
}
