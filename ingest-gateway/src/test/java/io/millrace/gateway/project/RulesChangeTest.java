package io.millrace.gateway.project;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.admit.PlainEvents;
import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import io.millrace.model.wire.Durability;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.WireEncoder;
import io.millrace.projections.OpenAlert;
import io.millrace.projections.Rules;
import io.millrace.store.Store;
import io.millrace.store.StoreConfig;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.log.AlertOrder;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.log.ProjectionLag;
import io.millrace.store.log.Verdicts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules that change while the gateway runs, or while it does not, with the real engine on the real store. */
class RulesChangeTest {
    private static final long START = 1_767_225_600_000_000L;
    private static final long SECOND = 1_000_000L;
    private static final StreamId STREAM = new StreamId("plant", "gw", "telemetry", 7);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String HOT =
            rule("hot", "window: {type: tumbling, size: 1m}, when: {aggregate: mean, above: 80}");
    private static final String HOTTER =
            rule("hot", "window: {type: tumbling, size: 1m}, when: {aggregate: mean, above: 85}");
    private static final String SPIKE = rule("spike", "when: {above: 88}");
    private static final String WIDE =
            rule("wide", "window: {type: hopping, size: 3m, every: 1m}, when: {aggregate: max, above: 70}");

    @TempDir
    Path folder;

    private int entries;
    private long sequence = 1;

    private static String rule(String name, String keys) {
        return "  - {name: %s, on: {device: \"pump-*\", metric: temperature}, %s, severity: major}%n"
                .formatted(name, keys);
    }

    /** A store with the engine, and the watch driven by hand. */
    private final class Plant implements AutoCloseable {
        private final Path data;
        private final EngineProjection projection;
        private final Store store;
        private final RulesWatch watch;

        Plant(String name) throws Exception {
            data = Files.createDirectories(folder.resolve(name));
            RulesFile file = RulesFile.in(data);
            projection = EngineProjection.of(file);
            store = Store.open(
                    new StoreConfig(data, 0, Durability.OS),
                    InstantSource.system(),
                    new PlainEvents(),
                    projection,
                    LiveListener.none());
            watch = new RulesWatch(file, projection, store.derivation(), System::nanoTime);
        }

        void append(LogEntry entry) throws InterruptedException {
            var logged = (AppendResult.Logged) store.log().append(List.of(entry));
            store.derivation()
                    .offer(List.of(new LoggedEntry(logged.firstPosition(), logged.committedMicros(), entry, null)));
        }

        void settle() throws InterruptedException {
            assertThat(store.awaitVisible(LONG)).isTrue();
        }

        void awaitRules(String text) throws Exception {
            Rules wanted = rules(text);
            long deadline = System.nanoTime() + LONG.toNanos();
            while (!projection.rules().equals(wanted)) {
                watch.look();
                assertThat(System.nanoTime()).as("rules are live in time").isLessThan(deadline);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }

        List<String> rows() throws InterruptedException {
            settle();
            var rows = new ArrayList<String>();
            String windows = "SELECT ts, size, device, count, version, position, mean FROM windows";
            store.sql()
                    .query(
                            windows,
                            List.of(),
                            1_000_000,
                            r -> rows.add("window %d %d %s %d %d %d %s"
                                    .formatted(
                                            r.micros(0),
                                            r.integer(1),
                                            r.text(2),
                                            r.integer(3),
                                            r.integer(4),
                                            r.integer(5),
                                            r.number(6))));
            String transitions = "SELECT ts, id, rule, device, transition, text, position, who FROM alert_transitions";
            store.sql()
                    .query(
                            transitions,
                            List.of(),
                            1_000_000,
                            r -> rows.add("transition %d %s %s %s %s %s %d %s"
                                    .formatted(
                                            r.micros(0),
                                            r.text(1),
                                            r.text(2),
                                            r.text(3),
                                            r.text(4),
                                            r.text(5),
                                            r.integer(6),
                                            r.text(7))));
            rows.sort(null);
            return rows;
        }

        List<LogEntry> log() throws InterruptedException {
            var all = new ArrayList<LogEntry>();
            try (var reader = store.log().read(1)) {
                for (var entry = reader.next(); entry != null; entry = reader.next()) {
                    all.add(entry.entry());
                }
            }
            return all;
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private static Rules rules(String text) {
        return ((WrittenRules.Read.Good)
                        WrittenRules.read("rules.yaml", text.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .rules()
                .rules();
    }

    private Path write(String plant, String text) throws Exception {
        Files.createDirectories(folder.resolve(plant));
        return Files.writeString(folder.resolve(plant).resolve("rules.yaml"), text);
    }

    /** Some minutes of three pumps whose temperature rises and falls, out of order now and then, and ticks. */
    private void minutes(Plant plant, int count) throws Exception {
        for (int until = entries + count * 60; entries < until; entries += 10) {
            var batch = EventBatch.builder();
            for (int i = 0; i < 30; i++) {
                int second = entries + i / 3 - (i % 7 == 0 ? 45 : 0);
                double value = 75 + 15 * Math.sin(second / 100.0 + i % 3);
                batch.add(new Event(
                        new Series("pump-" + i % 3, "temperature", "°C"),
                        START + second * SECOND,
                        new Value.Numeric(value),
                        Quality.GOOD));
            }
            EventBatch events = batch.build();
            var envelope = new Envelope(STREAM, sequence, events.size(), false, 0, 0, null);
            sequence += events.size();
            long from = START + (entries - 45) * SECOND;
            plant.append(LogEntry.batch(
                    envelope, from, from + 60 * SECOND, Verdicts.NONE, new WireEncoder().encode(envelope, events)));
            for (int s = 1; s <= 10; s++) {
                var lag = new ProjectionLag(0, entries % 1200 < 200 ? 12 * SECOND : 0);
                plant.append(LogEntry.tick(START + (entries + s) * SECOND, 0, lag.bytes()));
            }
        }
    }

    private List<String> fromTheBeginning(String text, Plant plant) throws Exception {
        List<LogEntry> log = plant.log();
        write("fresh-" + log.size(), text);
        try (var fresh = new Plant("fresh-" + log.size())) {
            for (LogEntry entry : log) {
                fresh.append(entry);
            }
            return fresh.rows();
        }
    }

    @Test
    void aChangeTakesOverWhileItRunsAndKeepsWhatIsKnownOfTheRulesThatStay() throws Exception {
        write("live", "rules:\n" + HOT + SPIKE);
        try (var plant = new Plant("live")) {
            minutes(plant, 20);
            plant.settle();
            OpenAlert open = openOf(plant, "hot");
            plant.append(new AlertOrder(open.alert(), AlertOrder.Action.ACKNOWLEDGE, "ada", "seen", 0)
                    .logged("plant", "gw", START + entries * SECOND));
            plant.settle();
            List<String> before = plant.rows();

            String after = "rules:\n" + HOT + rule("spike", "when: {above: 89}");
            write("live", after);
            plant.awaitRules(after);
            OpenAlert still = openOf(plant, "hot");
            assertThat(still.alert()).isEqualTo(open.alert());
            assertThat(still.acknowledged()).isNotNull();
            assertThat(plant.rows()).isEqualTo(fromTheBeginning(after, plant)).isNotEqualTo(before);
            assertThat(plant.rows().stream().filter(row -> !row.contains(" spike ")))
                    .isEqualTo(before.stream()
                            .filter(row -> !row.contains(" spike "))
                            .toList());

            minutes(plant, 3);
            String wider = "rules:\n" + HOTTER + WIDE;
            write("live", wider);
            plant.awaitRules(wider);
            minutes(plant, 3);
            assertThat(plant.rows())
                    .isEqualTo(fromTheBeginning(wider, plant))
                    .anyMatch(row -> row.contains(" 180000000 "))
                    .anyMatch(row -> row.contains(" projection-lag "))
                    .noneMatch(row -> row.contains(" spike "));
        }
    }

    private static OpenAlert openOf(Plant plant, String rule) {
        return plant.projection.openAlerts().stream()
                .filter(alert -> alert.rule().equals(rule))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aStartWithOtherRulesShowsWhatTheOldOnesSaidUntilTheNewOnesAreReady() throws Exception {
        String old = "rules:\n" + HOT;
        write("live", old);
        List<String> before;
        try (var plant = new Plant("live")) {
            minutes(plant, 10);
            before = plant.rows();
        }
        String next = "rules:\n" + WIDE;
        write("live", next);
        try (var plant = new Plant("live")) {
            assertThat(plant.rows()).isEqualTo(before);
            assertThat(plant.projection.rules()).isEqualTo(rules(old));
            plant.awaitRules(next);
            assertThat(plant.rows()).isEqualTo(fromTheBeginning(next, plant));
        }
        try (var plant = new Plant("live")) {
            assertThat(plant.projection.rules()).isEqualTo(rules(next));
        }
    }

    @Test
    void aFileWithMistakesIsToldOfAndChangesNothing() throws Exception {
        Path file = write("live", "rules:\n" + HOT);
        try (var plant = new Plant("live")) {
            minutes(plant, 2);
            write("live", "rules:\n" + HOT + rule("cold", "when: {abve: 3}") + rule("hot", "when: {above: 3}"));
            plant.watch.look();
            assertThat(plant.watch.mistakes())
                    .as("seen once, it may still be written")
                    .isEmpty();
            plant.watch.look();
            assertThat(plant.watch.mistakes())
                    .anyMatch(mistake -> mistake.contains(file + ":3:") && mistake.contains("abve"))
                    .anyMatch(mistake -> mistake.contains(file + ":4:"));
            assertThat(plant.projection.rules()).isEqualTo(rules("rules:\n" + HOT));
            assertThat(plant.store.derivation().progress().rebuild()).isEmpty();

            Files.delete(file);
            plant.watch.look();
            plant.watch.look();
            assertThat(plant.watch.mistakes()).singleElement().asString().contains("is gone");

            write("live", "rules: []\n");
            plant.awaitRules("rules: []");
            assertThat(plant.watch.mistakes()).isEmpty();
            assertThat(plant.projection.rules().rules()).isEmpty();
        }
    }
}
