package io.millrace.gateway.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.admit.PlainEvents;
import io.millrace.gateway.backtest.Comparison.Change;
import io.millrace.gateway.project.EngineFeed;
import io.millrace.gateway.project.EngineProjection;
import io.millrace.gateway.project.RulesFile;
import io.millrace.model.wire.Durability;
import io.millrace.projections.Engine;
import io.millrace.projections.OpenAlert;
import io.millrace.projections.Rules;
import io.millrace.projections.RulesParser;
import io.millrace.projections.RulesParser.Parsed;
import io.millrace.store.Store;
import io.millrace.store.StoreConfig;
import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.derive.LogSpan;
import io.millrace.store.derive.Output;
import io.millrace.store.derive.Projection;
import io.millrace.store.derive.RebuildTarget;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.WindowRow;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.sql.Row;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One random log on the real store, through the live derivation, restarts from checkpoints old and new, a rebuild, the
 * fold on the side and a backtest: the same windows, alerts and state to the last byte.
 */
class SameAnswerTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int COMMITS = 200;

    /** Of what {@code windows} and {@code alert_transitions} hold, the numbers bit by bit. */
    private static final String WINDOWS = """
            SELECT ts, size, site, agent, device, metric, unit, count, version, retroactive, stale, position, min, max,
            mean, sum, variance, first, last, rate FROM windows
            """;

    private static final String TRANSITIONS = """
            SELECT ts, id, rule, site, agent, device, metric, transition, severity, text, who, why, until, retroactive,
            position, value, threshold FROM alert_transitions
            """;

    private static final String RULES_FILE = """
            rules:
              - {name: reading, on: {device: "*", metric: "*"}, when: {above: 87, clear: 80}, severity: minor}
              - name: minute
                on: {device: "*", metric: temperature}
                window: {type: tumbling, size: 1m}
                when: {aggregate: mean, above: 80.5, clear: 80, for: 1m}
                severity: major
              - name: unsteady
                on: {device: "pump-?", metric: "*"}
                window: {type: hopping, size: 90s, every: 20s}
                when: {aggregate: stddev, above: 5.5}
                severity: warning
                escalate: [{beyond: 6.5, severity: critical}]
              - name: all-together
                on: {device: "*", metric: "*"}
                by: [site, metric]
                window: {type: calendar, unit: hour, zone: Asia/Kolkata}
                when: {aggregate: mean, above: 80}
                severity: warning
              - name: restless
                on: {device: "pump-[1-3]", metric: "*"}
                when: {above: 85}
                severity: minor
                flapping: {above: 40, clear: 20}
                inhibited-by: [minute]
              - {name: silent, on: {device: "*", metric: "*"}, when: {no-data: 5s}, severity: critical}
            maintenance:
              - {device: pump-1, from: 2026-01-01T00:10:00Z, to: 2026-01-01T00:20:00Z}
            """;

    private static final Rules RULES = rules(RULES_FILE);

    @TempDir
    Path folder;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyWayComesToTheSame(long seed) throws Exception {
        check(seed);
    }

    @Tag("long")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("manySeeds")
    void everyWayComesToTheSameForManySeeds(long seed) throws Exception {
        check(seed);
    }

    private void check(long seed) throws Exception {
        var heard = new Kept();
        List<List<LogEntry>> log;
        State live;
        try (var run = new Run(folder.resolve("live"), heard)) {
            log = live(run, seed);
            live = run.state();
            assertThat(heard.windows).hasSizeGreaterThan(100).anyMatch(w -> w.version() > 1);
            assertThat(heard.transitions)
                    .extracting(TransitionRow::transition)
                    .contains(TransitionRow.Transition.values());

            run.store.derivation().rebuild(RebuildTarget.WINDOWS).get();
            assertSame("rebuilt", live, run.state());
            assertFoldedOnTheSide(run, heard, live);
            assertBacktested(run, heard);
        }
        assertSame("restarted", live, restarted(log, seed));
    }

    /** Appends a log that has something to say of the alerts that it raised so far. */
    private static List<List<LogEntry>> live(Run run, long seed) throws Exception {
        var plant = new RandomPlant(seed);
        var log = new ArrayList<List<LogEntry>>();
        while (log.size() < COMMITS) {
            List<OpenAlert> open = List.of();
            if (plant.hasSomethingToSay()) {
                run.settle();
                open = run.projection.openAlerts();
            }
            List<LogEntry> commit = plant.next(open);
            run.append(commit);
            log.add(commit);
        }
        List<LogEntry> end = plant.silence();
        run.append(end);
        log.add(end);
        return log;
    }

    /** The same log in another folder, with two restarts; the last one finds the checkpoint of the first, as after a kill. */
    private State restarted(List<List<LogEntry>> log, long seed) throws Exception {
        var random = new SplittableRandom(seed);
        int first = random.nextInt(1, log.size() / 2);
        int second = random.nextInt(first, log.size());
        Path data = folder.resolve("restarted");
        Path checkpoint = data.resolve("store/checkpoint");
        Path older = folder.resolve("older");
        try (var run = new Run(data, new Kept())) {
            run.appendAll(log.subList(0, first));
        }
        Files.copy(checkpoint, older);
        try (var run = new Run(data, new Kept())) {
            run.appendAll(log.subList(first, second));
        }
        Files.copy(older, checkpoint, StandardCopyOption.REPLACE_EXISTING);
        try (var run = new Run(data, new Kept())) {
            run.appendAll(log.subList(second, log.size()));
            return run.state();
        }
    }

    private static void assertFoldedOnTheSide(Run run, Kept heard, State live) throws InterruptedException {
        var engine = new Engine(RULES);
        var kept = new Kept();
        var all = new LogSpan(1, run.store.log().head(), 0);
        assertThat(run.store.refolding().run(all, folding(engine), kept, () -> true))
                .isTrue();
        assertThat(kept.windows.equals(heard.windows)).as("windows").isTrue();
        assertThat(kept.transitions.equals(heard.transitions)).as("transitions").isTrue();
        assertThat(live.snapshot).endsWith(engine.snapshot()); // the rules come before it
    }

    private static void assertBacktested(Run run, Kept heard) throws InterruptedException {
        var done = (Backtest.Outcome.Done)
                new Backtest(run.store).run(RULES, RandomPlant.START, RandomPlant.START + 400 * RandomPlant.HOUR, true);
        long raised = heard.transitions.stream()
                .filter(t -> t.transition() == TransitionRow.Transition.RAISED)
                .filter(t -> RULES.rules().stream().anyMatch(r -> r.name().equals(t.rule())))
                .count();
        assertThat(done.alerts()).hasSize((int) raised);
        assertThat(done.pairs()).hasSize((int) raised);
        for (Comparison.Pair pair : done.pairs()) {
            assertThat(pair.change()).as(pair.toString()).isEqualTo(Change.SAME);
            assertThat(pair.draft()).isEqualTo(pair.actual());
        }
    }

    private static Projection folding(Engine engine) {
        return new Projection() {
            @Override
            public void restore(byte @Nullable [] snapshot) {}

            @Override
            public void fold(LoggedEntry entry, Fresh fresh, Output out) {
                EngineFeed.feed(engine, entry, fresh, out);
            }

            @Override
            public byte[] snapshot() {
                return engine.snapshot();
            }

            @Override
            public Projection anew() {
                throw new IllegalStateException("nothing changes its rules");
            }
        };
    }

    /** Shows the rows that differ, not the thousands that do not. */
    private static void assertSame(String what, State expected, State actual) {
        var gone = new ArrayList<>(expected.rows);
        gone.removeAll(new HashSet<>(actual.rows));
        assertThat(gone).as(what + ": rows that are gone").isEmpty();
        assertThat(actual.rows.equals(expected.rows)).as(what + ": rows").isTrue();
        assertThat(actual.snapshot).as(what + ": state").isEqualTo(expected.snapshot);
    }

    private record State(List<String> rows, byte[] snapshot) {}

    /** In order, windows and transitions apart. */
    private static final class Kept implements Output, LiveListener {
        final List<WindowRow> windows = Collections.synchronizedList(new ArrayList<>());
        final List<TransitionRow> transitions = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void window(WindowRow row) {
            windows.add(row);
        }

        @Override
        public void transition(TransitionRow row) {
            transitions.add(row);
        }

        @Override
        public void folded(Fresh fresh, List<WindowRow> closed, List<TransitionRow> told) {
            windows.addAll(closed);
            transitions.addAll(told);
        }
    }

    /** A store from opening to closing, as the gateway uses it. */
    private static final class Run implements AutoCloseable {
        private final EngineProjection projection;
        private final Store store;

        Run(Path data, LiveListener listener) throws Exception {
            Files.createDirectories(data);
            Files.writeString(data.resolve("rules.yaml"), RULES_FILE);
            projection = EngineProjection.of(RulesFile.in(data));
            store = Store.open(
                    new StoreConfig(data, 0, Durability.OS),
                    InstantSource.system(),
                    new PlainEvents(),
                    projection,
                    listener);
        }

        void appendAll(List<List<LogEntry>> commits) throws InterruptedException {
            for (List<LogEntry> commit : commits) {
                append(commit);
            }
        }

        void append(List<LogEntry> commit) throws InterruptedException {
            var logged = (AppendResult.Logged) store.log().append(commit);
            var offered = new ArrayList<LoggedEntry>();
            for (int i = 0; i < commit.size(); i++) {
                offered.add(new LoggedEntry(logged.firstPosition() + i, logged.committedMicros(), commit.get(i), null));
            }
            store.derivation().offer(offered);
        }

        void settle() throws InterruptedException {
            assertThat(store.awaitVisible(LONG)).as("visible in time").isTrue();
        }

        State state() throws InterruptedException {
            settle();
            var rows = new ArrayList<String>();
            store.sql().query(WINDOWS, List.of(), 1_000_000, row -> rows.add(window(row)));
            store.sql().query(TRANSITIONS, List.of(), 1_000_000, row -> rows.add(transition(row)));
            rows.sort(null);
            return new State(rows, projection.snapshot());
        }

        private static String window(Row row) {
            var line = new StringBuilder("window ")
                    .append(row.micros(0))
                    .append(' ')
                    .append(row.integer(1));
            for (int c = 2; c <= 6; c++) {
                line.append('|').append(row.text(c));
            }
            line.append('|')
                    .append(row.integer(7))
                    .append(' ')
                    .append(row.integer(8))
                    .append(' ');
            line.append(row.bool(9)).append(row.bool(10)).append(row.integer(11));
            for (int c = 12; c <= 19; c++) {
                line.append(' ').append(Double.toHexString(row.number(c)));
            }
            return line.toString();
        }

        private static String transition(Row row) {
            var line = new StringBuilder("transition ").append(row.micros(0));
            for (int c = 1; c <= 11; c++) {
                line.append('|').append(row.text(c));
            }
            line.append('|').append(row.micros(12)).append(row.bool(13)).append(row.integer(14));
            for (int c = 15; c <= 16; c++) {
                line.append(' ').append(Double.toHexString(row.number(c)));
            }
            return line.toString();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private static LongStream seeds() {
        return LongStream.range(0, 1);
    }

    private static LongStream manySeeds() {
        return LongStream.range(1, 60);
    }

    private static Rules rules(String text) {
        return ((Parsed.Valid) RulesParser.parse("rules.yaml", text.getBytes(StandardCharsets.UTF_8))).rules();
    }
}
