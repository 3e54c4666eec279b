package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.projections.RandomLog.Call;
import io.millrace.projections.RulesParser.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Same log, same answer, restarted or not. */
final class DeterminismTest {
    private static final int CALLS = 3_000;

    private static final Rules RULES = rules("""
            rules:
              - {name: reading, on: {device: "*", metric: "*"}, when: {above: 85, clear: 80}, severity: minor}
              - {name: lasting, on: {device: "pump-[0-2]", metric: "*"}, when: {below: 82, for: 30s}, severity: major}
              - name: minute
                on: {device: "*", metric: temperature}
                window: {type: tumbling, size: 1m}
                when: {aggregate: mean, above: 80.5, clear: 80, for: 1m}
                severity: major
              - name: hopping
                on: {device: "pump-?", metric: "t*"}
                window: {type: hopping, size: 90s, every: 20s}
                lateness: 25m
                when: {aggregate: last, above: 80, clear: 75}
                severity: warning
              - name: all-together
                on: {device: "*", metric: "*"}
                by: [site, metric]
                window: {type: calendar, unit: hour, zone: Asia/Kolkata}
                lateness: 0s
                when: {aggregate: stddev, above: 5.9, clear: 5.8}
                severity: warning
              - name: restless
                on: {device: "pump-[1-3]", metric: "*"}
                when: {above: 80}
                severity: minor
                escalate: [{beyond: 85, severity: major}, {beyond: 88, severity: critical}]
                flapping: {above: 40, clear: 20}
                inhibited-by: [lasting]
              - name: lossy
                on: {device: "pump-[0-3]", metric: "*"}
                window: {type: tumbling, size: 2m}
                when: {aggregate: gap-share, above: 0.2}
                severity: warning
              - {name: silent, on: {device: "*", metric: "*"}, when: {no-data: 5s}, severity: critical}
            maintenance:
              - {device: pump-1, from: 2026-01-01T00:10:00Z, to: 2026-01-01T00:40:00Z}
              - {device: pump-2, every: week, on: [thu, fri], at: "05:30", for: 10m, zone: Asia/Kolkata}
            """);

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void restartsChangeNothing(long seed) throws UnusableSnapshotException {
        checkRestarts(seed);
    }

    @Tag("long")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("manySeeds")
    void restartsChangeNothingForThousandsOfSeeds(long seed) throws UnusableSnapshotException {
        checkRestarts(seed);
    }

    private static void checkRestarts(long seed) throws UnusableSnapshotException {
        List<Call> log = RandomLog.of(seed, CALLS);
        var straight = new Recorder();
        var engine = new Engine(RULES);
        RandomLog.play(log, engine, straight);

        var random = new SplittableRandom(seed);
        var restarted = new Recorder();
        var other = new Engine(RULES);
        for (int from = 0; from < log.size(); ) {
            int to = Math.min(log.size(), from + random.nextInt(1, 600));
            RandomLog.play(log.subList(from, to), other, restarted);
            other = Engine.restore(RULES, other.snapshot());
            from = to;
        }

        assertThat(restarted.all.equals(straight.all)).isTrue();
        assertThat(other.snapshot()).isEqualTo(engine.snapshot());
        assertThat(other.stats()).isEqualTo(engine.stats());
        assertThat(other.openAlerts()).isEqualTo(engine.openAlerts());
        assertThat(other.pendingAlerts(1_000)).isEqualTo(engine.pendingAlerts(1_000));
        assertThat(straight.transitions).hasSizeGreaterThan(50);
        assertThat(straight.transitions).extracting(AlertTransition::id).doesNotHaveDuplicates();
        assertThat(straight.transitions).extracting(AlertTransition::kind).contains(AlertTransition.Kind.values());
        assertThat(straight.windows).hasSizeGreaterThan(200).anyMatch(w -> w.version() > 1);
        assertThat(straight.stale).isNotEmpty();
        assertThat(straight.windows)
                .anyMatch(w -> w.values().gapShare() > 0)
                .allMatch(w -> w.values().gapShare() >= 0 && w.values().gapShare() <= 1);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aDraftSaysTheSameOfAlertsWithoutTheWindowsThatNobodyLooksAt(long seed) {
        List<Call> log = RandomLog.of(seed, CALLS);
        var full = new Recorder();
        RandomLog.play(log, new Engine(RULES), full);
        var draft = new Recorder();
        RandomLog.play(log, Engine.draft(RULES, Limits.DEFAULT), draft);
        assertThat(draft.transitions.equals(full.transitions)).isTrue();

        log = log.stream().filter(call -> !(call instanceof Call.Command)).toList(); // about alerts of other rules
        full = new Recorder();
        RandomLog.play(log, new Engine(RULES), full);
        var onlySilence = new Rules(List.of(RULES.rules().getLast()), RULES.maintenance());
        var silence = new Recorder();
        RandomLog.play(log, Engine.draft(onlySilence, Limits.DEFAULT), silence);
        assertThat(silence.windows).isEmpty();
        assertThat(silence.transitions)
                .isEqualTo(full.transitions.stream()
                        .filter(t -> Set.of("silent", Rule.AGENT_OFFLINE, Rule.PROJECTION_LAG)
                                .contains(t.rule()))
                        .toList());
    }

    @Test
    void aDamagedSnapshotIsRefusedWhateverTheDamage() {
        var engine = new Engine(RULES);
        RandomLog.play(RandomLog.of(1, 300), engine, new Recorder());
        byte[] snapshot = engine.snapshot();
        var random = new SplittableRandom(1);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = snapshot.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) random.nextInt(1, 256);
            assertThatThrownBy(() -> Engine.restore(RULES, damaged))
                    .isInstanceOf(UnusableSnapshotException.class)
                    .hasMessageContaining("damaged");
            byte[] cut = Arrays.copyOf(snapshot, random.nextInt(snapshot.length));
            assertThatThrownBy(() -> Engine.restore(RULES, cut)).isInstanceOf(UnusableSnapshotException.class);
        }
    }

    @Test
    void aSnapshotOfOtherRulesOrLimitsIsRefused() {
        byte[] snapshot = new Engine(RULES).snapshot();
        assertThatThrownBy(() -> Engine.restore(Rules.NONE, snapshot)).hasMessageContaining("other rules or limits");
        assertThatThrownBy(() -> Engine.restore(RULES, new Limits(1, 1, 1, 1), snapshot))
                .hasMessageContaining("derive them again from the start of the log");
    }

    private static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    private static LongStream manySeeds() {
        return LongStream.range(100, 5_000);
    }

    private static Rules rules(String text) {
        return ((Parsed.Valid) RulesParser.parse("rules.yaml", text.getBytes(StandardCharsets.UTF_8))).rules();
    }
}
