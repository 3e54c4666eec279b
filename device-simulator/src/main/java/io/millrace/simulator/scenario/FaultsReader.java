package io.millrace.simulator.scenario;

import io.millrace.model.yaml.Rule;
import io.millrace.model.yaml.YamlMap;
import io.millrace.simulator.fault.Episode;
import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Skew;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads what is to go wrong. */
final class FaultsReader {
    private static final Duration AT_MAX = Duration.ofDays(7);
    private static final Duration LENGTH_MAX = Duration.ofHours(1);
    private static final Duration HELD_BACK_MAX = Duration.ofMinutes(1);
    private static final int REPEATS_MAX = 10_000;
    private static final Rule<Double> SHARE = number("a number from 0 to 1", 1);
    private static final Rule<Double> DRIFT =
            number("parts per million, 0 to %s".formatted(Skew.DRIFT_PPM_MAX), Skew.DRIFT_PPM_MAX);

    /** Faults by the name that a file gives them. */
    private enum Type {
        DISCONNECT,
        OUTAGE,
        HALF_OPEN,
        SLOW,
        DUPLICATE,
        REORDER,
        GARBAGE
    }

    private FaultsReader() {}

    private static Rule<Double> number(String expected, double max) {
        return new Rule<>(expected, 0.0, text -> {
            Double value = Rule.number().parser().apply(text);
            return value != null && value >= 0 && value <= max ? value : null;
        });
    }

    static Faults faults(List<YamlMap> maps) {
        List<Episode> episodes = new ArrayList<>();
        double duplicate = 0;
        double reorder = 0;
        double garbage = 0;
        Duration by = Duration.ZERO;
        for (YamlMap map : maps) {
            switch (map.required("type", Rule.oneOf(Type.class))) {
                case DISCONNECT -> episodes(map, Episode.Kind.DISCONNECT, episodes);
                case OUTAGE -> episodes(map, Episode.Kind.OUTAGE, episodes);
                case HALF_OPEN -> episodes(map, Episode.Kind.HALF_OPEN, episodes);
                case SLOW -> episodes(map, Episode.Kind.SLOW, episodes);
                case DUPLICATE -> duplicate = map.optional("probability", SHARE, 0.005);
                case GARBAGE -> garbage = map.optional("probability", SHARE, 0.001);
                case REORDER -> {
                    reorder = map.optional("probability", SHARE, 0.005);
                    by = map.optional("by", Rule.duration(Duration.ofMillis(1), HELD_BACK_MAX), Duration.ofSeconds(5));
                }
            }
        }
        return new Faults(episodes, duplicate, reorder, by.toNanos() / 1_000, garbage);
    }

    /** Once, or again and again. */
    private static void episodes(YamlMap map, Episode.Kind kind, List<Episode> episodes) {
        Duration at = map.optional("at", Rule.duration(Duration.ZERO, AT_MAX), Duration.ofSeconds(10));
        double share = map.optional("share", SHARE, 1.0);
        Duration length = kind == Episode.Kind.DISCONNECT
                ? Duration.ZERO
                : map.optional("for", Rule.duration(Duration.ofMillis(1), LENGTH_MAX), Duration.ofSeconds(10));
        boolean slow = kind == Episode.Kind.SLOW;
        long bytesPerSecond = slow ? map.optional("bytes-per-second", Rule.bytes(100, 1L << 40), 4_000L) : 0;
        Duration latency = slow
                ? map.optional("latency", Rule.duration(Duration.ZERO, HELD_BACK_MAX), Duration.ofMillis(300))
                : Duration.ZERO;
        Duration every = map.find("every", Rule.duration(Duration.ofMillis(100), AT_MAX));
        long repeats = every == null ? 1 : map.optional("times", Rule.integer(1, REPEATS_MAX), 10L);
        for (int i = 0; i < repeats; i++) {
            long atMicros = at.toNanos() / 1_000 + (every == null ? 0 : i * (every.toNanos() / 1_000));
            episodes.add(new Episode(
                    episodes.size(),
                    kind,
                    atMicros,
                    length.toNanos() / 1_000,
                    share,
                    bytesPerSecond,
                    latency.toMillis()));
        }
    }

    /** How wrong a fleet's clocks are. */
    static Skew skew(YamlMap fleet) {
        if (!fleet.has("clock")) {
            return Skew.NONE;
        }
        YamlMap clock = fleet.map("clock");
        Duration off = clock.optional(
                "off", Rule.duration(Duration.ZERO, Duration.ofMillis(Skew.OFF_MICROS_MAX / 1_000)), Duration.ZERO);
        double drift = clock.optional("drift-ppm", DRIFT, 0.0);
        return new Skew(clock.optional("share", SHARE, 1.0), off.toNanos() / 1_000, drift);
    }
}
