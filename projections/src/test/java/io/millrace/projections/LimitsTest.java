package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.projections.RandomLog.Call;
import io.millrace.projections.RulesParser.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes, an engine holds no more than its limits, says what it left out, and says the same after a restart. */
final class LimitsTest {
    private static final Rules RULES = rules("""
            rules:
              - {name: reading, on: {device: "*", metric: "*"}, when: {above: 85, clear: 80}, severity: minor}
              - name: hopping
                on: {device: "*", metric: "*"}
                window: {type: hopping, size: 90s, every: 20s}
                when: {aggregate: last, above: 80, clear: 75}
                severity: warning
              - name: each
                on: {device: "*", metric: "*"}
                by: [device]
                window: {type: calendar, unit: week, zone: America/New_York}
                when: {aggregate: stddev, above: 5.9, clear: 5.8}
                severity: warning
              - {name: silent, on: {device: "*", metric: "*"}, when: {no-data: 5s}, severity: critical}
            """);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void restartsChangeNothingAtTheLimits(long seed) throws UnusableSnapshotException {
        var random = new SplittableRandom(seed);
        var limits =
                new Limits(random.nextInt(1, 12), random.nextInt(1, 150), random.nextInt(1, 20), random.nextInt(1, 4));
        List<Call> log = RandomLog.of(seed, 2_000);
        var engine = new Engine(RULES, limits);
        var straight = new Recorder();
        RandomLog.play(log, engine, straight);

        var other = new Engine(RULES, limits);
        var restarted = new Recorder();
        for (int from = 0; from < log.size(); ) {
            int to = Math.min(log.size(), from + random.nextInt(1, 300));
            RandomLog.play(log.subList(from, to), other, restarted);
            assertThat(other.stats().series()).isLessThanOrEqualTo(limits.seriesMax());
            assertThat(other.stats().windows()).isLessThanOrEqualTo(limits.windowsMax());
            assertThat(other.stats().openAlerts()).isLessThanOrEqualTo(limits.openAlertsMax());
            other = Engine.restore(RULES, limits, other.snapshot());
            from = to;
        }
        assertThat(restarted.all.equals(straight.all)).isTrue();
        assertThat(other.stats()).isEqualTo(engine.stats());
        assertThat(other.snapshot()).isEqualTo(engine.snapshot());
        Stats s = engine.stats();
        assertThat(s.seriesRefused() + s.windowsRefused() + s.judgementsRefused() + s.alertsRefused())
                .isPositive();
    }

    @Test
    void aMillionSeriesOfAMillionAgentsAreCountedAndNotKept() {
        var limits = new Limits(1_000, 10_000, 1_500, 100);
        var engine = new Engine(RULES, limits);
        var out = new Recorder();
        for (int i = 0; i < 1_000_000; i++) {
            var series = new Series("device-" + i, "temperature", "");
            engine.event(i, "site", "agent-" + i, series, Feed.START, 90, Quality.GOOD, false, false, out);
        }
        Stats stats = engine.stats();
        assertThat(stats.series()).isLessThanOrEqualTo(1_000);
        assertThat(stats.seriesRefused()).isGreaterThan(999_000 - 1);
        assertThat(stats.windows()).isLessThanOrEqualTo(10_000);
        assertThat(stats.judgementsRefused()).isPositive();
        assertThat(stats.openAlerts()).isEqualTo(100);
        assertThat(stats.alertsRefused()).isPositive();
        assertThat(engine.snapshot()).hasSizeLessThan(2_000_000);
    }

    @Test
    void theLongestWindowsHoppingAsOftenAsTheyMayAreBounded() {
        Rules rules = rules("""
                rules:
                  - name: year
                    on: {device: "*", metric: "*"}
                    window: {type: hopping, size: 366d, every: 263520s}
                    when: {aggregate: mean, above: 1}
                    severity: minor
                """);
        var engine = new Engine(rules, new Limits(100, 1_000, 100, 10));
        var out = new Recorder();
        for (int i = 0; i < 100; i++) {
            var series = new Series("device-" + i, "temperature", "");
            engine.event(i, "site", "agent", series, Feed.START, 90, Quality.GOOD, false, false, out);
        }
        assertThat(engine.stats().windows()).isEqualTo(1_000);
        assertThat(engine.stats().windowsRefused()).isEqualTo(100 * 121 - 1_000);
    }

    /** Admission lets few of these times through; what is derived from an old log may hold any. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                -1,
                1,
                -62_135_596_800_000_000L, // year 1
                253_402_300_799_999_999L, // year 9999
                -253_402_300_800_000_000L,
                Long.MIN_VALUE,
                Long.MAX_VALUE
            })
    void anyTimeIsTakenOrCounted(long micros) throws UnusableSnapshotException {
        var engine = new Engine(RULES);
        var out = new Recorder();
        int position = 0;
        for (long time : new long[] {micros, Feed.START, micros}) {
            engine.event(position++, "s", "a", Feed.TEMPERATURE, time, 90, Quality.GOOD, false, false, out);
            engine.event(position++, "s", "a", Feed.TEMPERATURE, time, 70, Quality.GOOD, false, true, out);
            engine.event(position++, "s", "a", Feed.TEMPERATURE, time, Double.NaN, Quality.GOOD, false, false, out);
            engine.tick(position++, time / 2, out);
            engine = Engine.restore(RULES, engine.snapshot());
        }
        Stats stats = engine.stats();
        boolean fits = Math.abs(micros) < 253_402_300_800_000_000L && micros != Long.MIN_VALUE;
        assertThat(stats.unfit()).isEqualTo(fits ? 3 : 7);
        assertThat(stats.series()).isEqualTo(1);
    }

    private static Rules rules(String text) {
        return ((Parsed.Valid) RulesParser.parse("rules.yaml", text.getBytes(StandardCharsets.UTF_8))).rules();
    }
}
