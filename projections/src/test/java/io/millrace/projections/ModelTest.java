package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.projections.AlertTransition.Kind;
import io.millrace.projections.RandomLog.Call;
import io.millrace.projections.RulesParser.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that an engine says, every version of every window and every alert, in order, against {@link Naive}: rules on
 * readings and on each aggregate, on tumbling, hopping and calendar windows, on series and on groups. Limits have fractions
 * that no number of a log comes close to, since rounding would decide then.
 */
final class ModelTest {
    private static final String[] WINDOWS = {
        "{type: tumbling, size: 1m}",
        "{type: tumbling, size: 7m}",
        "{type: hopping, size: 90s, every: 20s}",
        "{type: hopping, size: 10m, every: 3m}",
        "{type: calendar, unit: hour, zone: Asia/Kolkata}",
        "{type: calendar, unit: day, zone: Europe/Berlin}"
    };
    private static final String[] LATENESS = {"10m", "10m", "0s", "3m", "30m"};
    private static final String[] GROUPS = {"[]", "[]", "[site]", "[agent, metric]", "[device]"};

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anEngineSaysWhatTheModelSays(long seed) {
        checkRandomLog(seed);
    }

    @Tag("long")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("manySeeds")
    void anEngineSaysWhatTheModelSaysForThousandsOfSeeds(long seed) {
        checkRandomLog(seed);
        checkFleet(seed);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anEngineSaysWhatTheModelSaysOfAFaultyFleet(long seed) {
        checkFleet(seed);
    }

    @Test
    void theFleetIsAsFaultyAsItShouldBe() {
        List<List<FaultyFleet.Entry>> batches = FaultyFleet.of(1, 10_000);
        var newest = new HashMap<Series, Long>();
        long sent = 0;
        long late = 0;
        for (List<FaultyFleet.Entry> batch : batches) {
            for (FaultyFleet.Entry e : batch) {
                sent++;
                late += e.micros() < newest.getOrDefault(e.series(), Long.MIN_VALUE) ? 1 : 0;
                newest.merge(e.series(), e.micros(), Math::max);
            }
        }
        assertThat(sent / 40_000.0).isBetween(0.80, 0.88); // what comes later has a second chance to go missing
        assertThat((double) late / sent).isBetween(0.1, 0.2); // most of the others before the next one of their series
    }

    private static void checkRandomLog(long seed) {
        var pair = new Pair(rules(seed, 80.00371, 4.00371, 0.1003711));
        for (Call call : RandomLog.of(seed, 1_000)) {
            switch (call) {
                case Call.Reading r ->
                    pair.event(
                            r.position(),
                            new FaultyFleet.Entry(RandomLog.SITE, RandomLog.AGENT, r.series(), r.micros(), r.number()),
                            r.quality(),
                            r.future(),
                            r.backfill());
                case Call.Tick t -> pair.tick(t.position(), t.micros());
                case Call.Agent _, Call.Lost _, Call.Found _, Call.Command _ -> {}
            }
        }
        pair.check(8);
    }

    /** With a clock beside the readings' own times that goes at their pace. */
    private static void checkFleet(long seed) {
        var pair = new Pair(rules(seed, 30.00371, 3.00371, 0.1003711));
        var random = new SplittableRandom(seed);
        long position = 1;
        long wall = Feed.START;
        for (List<FaultyFleet.Entry> batch : FaultyFleet.of(seed, 250)) {
            for (FaultyFleet.Entry entry : batch) {
                pair.event(position, entry, Quality.GOOD, false, false);
            }
            for (int ticks = random.nextInt(30); ticks > 0; ticks--) {
                wall += Feed.SECOND;
                pair.tick(++position, wall);
            }
            position++;
        }
        for (int i = 0; i < 20; i++) { // all falls silent, so that everything closes
            pair.tick(++position, wall + (100 * 3_600L + i) * Feed.SECOND);
        }
        pair.check(6);
    }

    /** An engine and the model, compared after each call. */
    private static final class Pair {
        private final Engine engine;
        private final Naive model;
        private final Recorder out = new Recorder();
        private int compared;

        Pair(Rules rules) {
            engine = new Engine(rules);
            model = new Naive(rules);
        }

        void event(long position, FaultyFleet.Entry e, Quality quality, boolean future, boolean backfill) {
            engine.event(
                    position, e.site(), e.agent(), e.series(), e.micros(), e.number(), quality, future, backfill, out);
            model.event(position, e.site(), e.agent(), e.series(), e.micros(), e.number(), quality, future, backfill);
            compare(e);
        }

        void tick(long position, long micros) {
            engine.tick(position, micros, out);
            model.tick(position, micros);
            compare("tick");
        }

        private void compare(Object cause) {
            List<Record> expected = model.said();
            List<Record> said = new ArrayList<>();
            for (Record record : out.all.subList(compared, out.all.size())) {
                Record known = Naive.of(record);
                if (known != null) {
                    said.add(known);
                }
            }
            compared = out.all.size();
            boolean same = said.size() == expected.size();
            for (int i = 0; same && i < said.size(); i++) {
                same = Naive.isSame(Objects.requireNonNull(said.get(i)), expected.get(i));
            }
            if (!same) {
                fail("after %s the engine says\n%s\nthe model says\n%s".formatted(cause, lines(said), lines(expected)));
            }
        }

        private static String lines(List<Record> records) {
            return String.join("\n", records.stream().map(Record::toString).toList());
        }

        /** Nothing proves nothing. */
        void check(int rulesMin) {
            assertThat(out.windows).hasSizeGreaterThan(200);
            assertThat(out.windows.stream().anyMatch(w -> w.version() > 1))
                    .as("corrections")
                    .isTrue();
            assertThat(out.transitions).extracting(AlertTransition::kind).contains(Kind.RAISED, Kind.CLEARED);
            assertThat(out.transitions.stream()
                            .map(AlertTransition::rule)
                            .distinct()
                            .count())
                    .as("rules that were raised")
                    .isGreaterThanOrEqualTo(rulesMin);
        }
    }

    /** A rule for each aggregate; with the seed goes which kind of window, group and threshold it has. */
    private static Rules rules(long seed, double level, double spread, double slope) {
        var random = new SplittableRandom(seed);
        var text = new StringBuilder("rules:\n");
        for (Aggregate aggregate : EnumSet.complementOf(EnumSet.of(Aggregate.GAP_SHARE))) {
            double limit = switch (aggregate) {
                case COUNT -> 2.5;
                case MIN, MAX, MEAN, FIRST, LAST -> level;
                case SUM -> 3 * level;
                case VARIANCE -> spread * spread;
                case STDDEV -> spread;
                case CHANGE -> 0.00371;
                case SLOPE, RATE -> slope;
                case GAP_SHARE -> throw new IllegalStateException("WindowModelTest knows of gaps, this one does not");
            };
            boolean above = random.nextBoolean();
            text.append("""
                      - name: %s
                        on: {device: "*", metric: "*"}
                        by: %s
                        window: %s
                        lateness: %s
                        when: {aggregate: %s, %s: %s%s%s}
                        severity: minor
                    """.formatted(
                            aggregate.label(),
                            GROUPS[random.nextInt(GROUPS.length)],
                            WINDOWS[random.nextInt(WINDOWS.length)],
                            LATENESS[random.nextInt(LATENESS.length)],
                            aggregate.label(),
                            above ? "above" : "below",
                            limit,
                            random.nextInt(3) == 0 ? ", for: 2m" : "",
                            random.nextInt(3) == 0 ? ", clear: " + limit * (above ? 0.99 : 1.01) : ""));
        }
        text.append("""
                  - {name: reading, on: {device: "*", metric: "*"}, when: {above: %s, clear: %s}, severity: minor}
                  - {name: lasting, on: {device: "*-[0-2]", metric: "*"}, when: {below: %s, for: 30s}, severity: minor}
                  - {name: all, on: {device: "*", metric: "*"}, by: [site], when: {above: %s, for: 10s}, severity: minor}
                  - {name: silent, on: {device: "*", metric: "*"}, when: {no-data: 5s}, severity: minor}
                  - {name: site-silent, on: {device: "*", metric: "*"}, by: [site], when: {no-data: 3s}, severity: minor}
                """.formatted(level + 5, level, level + 2, level));
        return ((Parsed.Valid) RulesParser.parse("rules.yaml", text.toString().getBytes(StandardCharsets.UTF_8)))
                .rules();
    }

    private static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    private static LongStream manySeeds() {
        return LongStream.range(60, 2_000);
    }
}
