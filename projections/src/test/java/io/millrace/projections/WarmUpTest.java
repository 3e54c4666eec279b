package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Quality;
import io.millrace.projections.AlertTransition.Kind;
import io.millrace.projections.FaultyFleet.Entry;
import io.millrace.projections.RulesParser.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A draft that begins in the midst of a log, {@link Rules#warmUpMicros} before the time of interest, raises in that time
 * what an engine raises that saw all of it; alerts of one log entry may come in another order, which is that in which
 * series were first seen.
 */
final class WarmUpTest {
    private static final long MINUTE = 60 * Feed.SECOND;

    private static final Rules RULES = rules("""
            rules:
              - {name: fast, on: {device: "*", metric: velocity}, when: {above: 50}, severity: minor}
              - {name: slow-for-long, on: {device: "*", metric: velocity}, when: {below: 45, for: 3m}, severity: minor}
              - name: unsteady
                on: {device: "*", metric: velocity}
                window: {type: hopping, size: 20m, every: 2m}
                when: {aggregate: stddev, above: 6, for: 2m}
                severity: major
                escalate: [{beyond: 10, severity: critical}]
              - name: way
                on: {device: "*", metric: way}
                by: [site]
                window: {type: tumbling, size: 30m}
                when: {aggregate: count, below: 215.5}
                severity: minor
              - name: restless
                on: {device: "*", metric: velocity}
                window: {type: tumbling, size: 1m}
                when: {aggregate: mean, above: 50}
                severity: minor
                flapping: {above: 30, clear: 20}
              - {name: silent, on: {device: "*", metric: "*"}, when: {no-data: 2m}, severity: minor}
            """);

    /** What arrives at once, or the wall clock. */
    private record Step(long position, List<Entry> batch, long wall) {
        boolean touches(long from, long to) {
            return batch.isEmpty()
                    ? wall >= from && wall < to
                    : batch.stream().anyMatch(e -> e.micros() >= from && e.micros() < to);
        }
    }

    private record Watched(String rule, String site, String agent, String device, String metric) {
        static Watched of(AlertTransition t) {
            return new Watched(
                    t.rule(),
                    t.site(),
                    t.agent(),
                    t.series().device(),
                    t.series().metric());
        }
    }

    private record Raised(
            Watched watched, long micros, double value, Severity severity, String detail, boolean retroactive) {}

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aDraftRaisesWhatWasRaised(long seed) {
        check(seed);
    }

    @Tag("long")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("manySeeds")
    void aDraftRaisesWhatWasRaisedForThousandsOfSeeds(long seed) {
        check(seed);
    }

    @Test
    void windowsOfACalendarAndFlappingNeedLonger() {
        Rules day = rules("""
                rules:
                  - name: day
                    on: {device: "*", metric: "*"}
                    window: {type: calendar, unit: day, zone: Europe/Berlin}
                    when: {aggregate: mean, above: 1}
                    severity: minor
                """);
        assertThat(day.warmUpMicros()).isGreaterThanOrEqualTo(25 * 60 * MINUTE + Engine.LATENESS_MICROS);
        assertThat(RULES.warmUpMicros()).isGreaterThanOrEqualTo(22 * MINUTE + Engine.LATENESS_MICROS);
    }

    private static void check(long seed) {
        List<Step> log = log(seed);
        long last = log.stream().mapToLong(Step::wall).max().orElseThrow();
        long from = Feed.START + (last - Feed.START) / 2;
        long to = from + (last - from) / 2;
        long begin = from - RULES.warmUpMicros();
        int first = 0;
        while (!log.get(first).touches(begin, to + Engine.LATENESS_MICROS)) {
            first++;
        }
        int end = log.size();
        while (!log.get(end - 1).touches(begin, to + Engine.LATENESS_MICROS)) {
            end--;
        }
        Recorder all = play(log, new Engine(RULES));
        Recorder draft = play(log.subList(first, end), Engine.draft(RULES, Limits.DEFAULT));

        Map<Watched, AlertTransition> unknown = openAt(log.get(first).position, from, all);
        draft.transitions.stream()
                .filter(t -> t.timeMicros() < from)
                .forEach(t -> unknown.remove(Watched.of(t))); // known by now
        assertThat(first).isGreaterThan(100);
        assertSame(raised(all, from, to, unknown), raised(draft, from, to, unknown));
    }

    /** Shows those that differ, not the many that do not. */
    private static void assertSame(List<Raised> all, List<Raised> draft) {
        var gone = new ArrayList<>(all);
        gone.removeAll(draft);
        var added = new ArrayList<>(draft);
        added.removeAll(all);
        assertThat(gone).as("raised, but not by the draft").isEmpty();
        assertThat(added).as("raised by the draft only").isEmpty();
        assertThat(draft.size()).isEqualTo(all.size()).isGreaterThan(10);
    }

    /** Raised before that position, and not cleared before that time. */
    private static Map<Watched, AlertTransition> openAt(long position, long from, Recorder out) {
        var open = new HashMap<Watched, AlertTransition>();
        for (AlertTransition t : out.transitions) {
            if (t.kind() == Kind.RAISED && t.position() < position) {
                open.put(Watched.of(t), t);
            } else if (t.kind() == Kind.CLEARED && t.timeMicros() < from) {
                open.remove(Watched.of(t));
            }
        }
        return open;
    }

    private static List<Raised> raised(Recorder out, long from, long to, Map<Watched, AlertTransition> unknown) {
        return out.transitions.stream()
                .filter(t -> t.kind() == Kind.RAISED && t.timeMicros() >= from && t.timeMicros() < to)
                .filter(t -> !unknown.containsKey(Watched.of(t)))
                .map(t ->
                        new Raised(Watched.of(t), t.timeMicros(), t.value(), t.severity(), t.detail(), t.retroactive()))
                .toList();
    }

    private static Recorder play(List<Step> log, Engine engine) {
        var out = new Recorder();
        for (Step step : log) {
            for (Entry e : step.batch) {
                engine.event(
                        step.position,
                        e.site(),
                        e.agent(),
                        e.series(),
                        e.micros(),
                        e.number(),
                        Quality.GOOD,
                        false,
                        false,
                        out);
            }
            if (step.batch.isEmpty()) {
                engine.tick(step.position, step.wall, out);
            }
        }
        return out;
    }

    /** Some hours of the fleet, with a wall clock that goes with its readings and stands still where nothing comes. */
    private static List<Step> log(long seed) {
        var log = new ArrayList<Step>();
        var random = new SplittableRandom(seed);
        long position = 0;
        long wall = Feed.START;
        long newest = Feed.START;
        for (List<Entry> batch : FaultyFleet.of(seed, 1_200, 20)) {
            log.add(new Step(++position, batch, 0));
            newest = Math.max(
                    newest, batch.stream().mapToLong(Entry::micros).max().orElse(0));
            for (int silence = random.nextInt(20) == 0 ? random.nextInt(150) : 0; silence > 0; silence--) {
                wall += Feed.SECOND;
                log.add(new Step(++position, List.of(), wall));
            }
            while (wall < newest) {
                wall += Feed.SECOND;
                log.add(new Step(++position, List.of(), wall));
            }
        }
        return log;
    }

    private static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    private static LongStream manySeeds() {
        return LongStream.range(40, 2_000);
    }

    private static Rules rules(String text) {
        return ((Parsed.Valid) RulesParser.parse("rules.yaml", text.getBytes(StandardCharsets.UTF_8))).rules();
    }
}
