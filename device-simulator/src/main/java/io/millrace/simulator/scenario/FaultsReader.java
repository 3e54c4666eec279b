package io.millrace.simulator.scenario;

import io.millrace.model.yaml.Rule;
import io.millrace.model.yaml.YamlMap;
import io.millrace.simulator.fault.Episode;
import io.millrace.simulator.fault.Episode.Kind;
import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fault.RandomEpisodes;
import io.millrace.simulator.fleet.Skew;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Reads what is to go wrong. */
final class FaultsReader {
    private static final Duration AT_MAX = Duration.ofDays(7);
    private static final Duration LENGTH_MAX = Duration.ofHours(1);
    private static final Duration HELD_BACK_MAX = Duration.ofMinutes(1);
    private static final int REPEATS_MAX = 10_000;
    private static final Duration HERD_MAX = Duration.ofMillis(Episode.HERD_MICROS_MAX / 1_000);
    private static final double PER_MINUTE_DEFAULT = 6;
    private static final Rule<Double> PER_MINUTE = new Rule<>("a number above 0, at most 60", 1.0, text -> {
        Double value = Rule.number().parser().apply(text);
        return value != null && value > 0 && value <= 60 ? value : null;
    });
    private static final Rule<Double> SHARE = number("a number from 0 to 1", 1);
    /** A limit either way, so a clock that is behind is no negative one. */
    private static final Rule<Duration> OFF = off();

    private static final Rule<Double> DRIFT =
            number("parts per million, 0 to %s".formatted(Skew.DRIFT_PPM_MAX), Skew.DRIFT_PPM_MAX);

    /** Faults by the name that a file gives them. */
    private enum Type {
        DISCONNECT,
        OUTAGE,
        HALF_OPEN,
        SLOW,
        HERD,
        RANDOM,
        DUPLICATE,
        REORDER,
        GARBAGE
    }

    private final List<Episode> episodes = new ArrayList<>();
    private final List<RandomEpisodes> random = new ArrayList<>();
    private final Set<Type> given = EnumSet.noneOf(Type.class);
    private double duplicate;
    private Faults.Reorder reorder = Faults.Reorder.NONE;
    private double garbage;

    private FaultsReader() {}

    private static Rule<Double> number(String expected, double max) {
        return new Rule<>(expected, 0.0, text -> {
            Double value = Rule.number().parser().apply(text);
            return value != null && value >= 0 && value <= max ? value : null;
        });
    }

    static Faults faults(List<YamlMap> maps) {
        var reader = new FaultsReader();
        maps.forEach(reader::read);
        return new Faults(reader.episodes, reader.random, reader.duplicate, reader.reorder, reader.garbage);
    }

    private void read(YamlMap map) {
        Type type = map.required("type", Rule.oneOf(Type.class));
        boolean ofMessages = type == Type.DUPLICATE || type == Type.REORDER || type == Type.GARBAGE;
        if (ofMessages && !given.add(type)) {
            map.mistake("type", "is given twice, expected once with a probability");
        }
        switch (type) {
            case DISCONNECT -> episodes(map, List.of(Kind.DISCONNECT));
            case OUTAGE -> episodes(map, List.of(Kind.OUTAGE));
            case HALF_OPEN -> episodes(map, List.of(Kind.HALF_OPEN));
            case SLOW -> episodes(map, List.of(Kind.SLOW));
            case HERD -> episodes(map, List.of(Kind.HERD));
            case RANDOM -> episodes(map, List.of(Kind.values()));
            case DUPLICATE -> duplicate = map.optional("probability", SHARE, 0.005);
            case GARBAGE -> garbage = map.optional("probability", SHARE, 0.001);
            case REORDER -> {
                Duration by =
                        map.optional("by", Rule.duration(Duration.ofMillis(1), HELD_BACK_MAX), Duration.ofSeconds(5));
                Double chance = map.find("probability", SHARE);
                reorder = chance == null
                        ? Faults.Reorder.asInTsbs(micros(by))
                        : new Faults.Reorder(chance, chance, micros(by));
            }
        }
    }

    /** What each is like, and when. */
    private void episodes(YamlMap map, List<Kind> kinds) {
        double share = map.optional("share", SHARE, 1.0);
        Duration length = kinds.equals(List.of(Kind.DISCONNECT)) ? Duration.ZERO : length(map, kinds);
        boolean slow = kinds.contains(Kind.SLOW);
        long bytesPerSecond = slow ? map.optional("bytes-per-second", Rule.bytes(100, 1L << 40), 4_000L) : 0;
        Duration latency = slow
                ? map.optional("latency", Rule.duration(Duration.ZERO, HELD_BACK_MAX), Duration.ofMillis(300))
                : Duration.ZERO;
        var one = new Episode(0, kinds.getFirst(), 0, micros(length), share, bytesPerSecond, latency.toMillis());
        Double perMinute = map.find("per-minute", PER_MINUTE);
        if (kinds.size() > 1 || perMinute != null) {
            atRandom(map, kinds, perMinute == null ? PER_MINUTE_DEFAULT : perMinute, one);
        } else {
            onSchedule(map, one);
        }
    }

    private void atRandom(YamlMap map, List<Kind> kinds, double perMinute, Episode most) {
        for (String key : List.of("at", "every", "times")) {
            if (map.has(key)) {
                map.find(key, Rule.text("nothing"));
                map.mistake(key, "is given for what comes at random, expected per-minute alone");
            }
        }
        random.add(new RandomEpisodes(
                random.size(),
                kinds,
                perMinute,
                most.lengthMicros(),
                most.share(),
                most.bytesPerSecond(),
                most.latencyMillis()));
    }

    /** Once, or again and again. */
    private void onSchedule(YamlMap map, Episode one) {
        Duration at = map.optional("at", Rule.duration(Duration.ZERO, AT_MAX), Duration.ofSeconds(10));
        Duration every = map.find("every", Rule.duration(Duration.ofMillis(100), AT_MAX));
        long times = map.optional("times", Rule.integer(1, REPEATS_MAX), every == null ? 1L : 10L);
        if (every == null && times > 1) {
            map.mistake("times", "is given without every, expected both or neither");
            return;
        }
        for (int i = 0; i < times; i++) {
            episodes.add(new Episode(
                    episodes.size(),
                    one.kind(),
                    micros(at) + (every == null ? 0 : i * micros(every)),
                    one.lengthMicros(),
                    one.share(),
                    one.bytesPerSecond(),
                    one.latencyMillis()));
        }
    }

    private static Duration length(YamlMap map, List<Kind> kinds) {
        boolean herd = kinds.equals(List.of(Kind.HERD));
        return map.optional(
                "for",
                Rule.duration(Duration.ofMillis(1), herd ? HERD_MAX : LENGTH_MAX),
                Duration.ofSeconds(herd ? 3 : 10));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    private static Rule<Duration> off() {
        Rule<Duration> duration = Rule.duration(Duration.ZERO, Duration.ofMillis(Skew.OFF_MICROS_MAX / 1_000));
        return new Rule<>(
                duration.expected() + "; each clock is ahead or behind by up to that",
                duration.placeholder(),
                duration.parser());
    }

    /** How wrong a fleet's clocks are. */
    static Skew skew(YamlMap fleet) {
        if (!fleet.has("clock")) {
            return Skew.NONE;
        }
        YamlMap clock = fleet.map("clock");
        Duration off = clock.optional("off", OFF, Duration.ZERO);
        double drift = clock.optional("drift-ppm", DRIFT, 0.0);
        return new Skew(clock.optional("share", SHARE, 1.0), off.toNanos() / 1_000, drift);
    }
}
