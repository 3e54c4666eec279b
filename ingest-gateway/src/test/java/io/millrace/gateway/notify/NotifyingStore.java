package io.millrace.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.admit.PlainEvents;
import io.millrace.gateway.project.EngineProjection;
import io.millrace.gateway.project.RulesFile;
import io.millrace.gateway.project.RulesWatch;
import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import io.millrace.model.wire.Durability;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.WireEncoder;
import io.millrace.projections.RulesParser;
import io.millrace.projections.RulesParser.Parsed;
import io.millrace.store.Store;
import io.millrace.store.StoreConfig;
import io.millrace.store.derive.RebuildTarget;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.log.Verdicts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A real store with an engine and a notifier on a data folder with a {@code notify.yaml}; a new one goes on with it. */
final class NotifyingStore implements AutoCloseable {
    static final String HOT = """
            rules:
              - name: hot
                on: {device: "*", metric: temp}
                when: {above: 80, clear: 70}
                severity: major
            """;

    private static final long TIME = 1_767_225_600_000_000L;
    private static final int PATIENCE_SECONDS = 60;

    private final Store store;
    private final Notifier notifier;
    private Thread thread = new Thread();

    NotifyingStore(Path data, String rules) throws Exception {
        Files.writeString(data.resolve("rules.yaml"), rules);
        var file = RulesFile.in(data);
        var projection = EngineProjection.of(file);
        var transitions = new Transitions(projection::openAlerts);
        store = Store.open(
                new StoreConfig(data, 0, Durability.OS),
                Clock.systemUTC(),
                new PlainEvents(),
                projection,
                (fresh, windows, rows) -> transitions.folded(fresh.position(), rows));
        var watch = new RulesWatch(file, projection, store.derivation(), System::nanoTime);
        var valid = (Parsed.Valid) RulesParser.parse("rules.yaml", rules.getBytes(StandardCharsets.UTF_8));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!projection.rules().equals(valid.rules())) {
            watch.look();
            assertThat(System.nanoTime()).as("rules are live in time").isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        notifier = NotifyFile.read(data).notifier(store, transitions, Clock.systemUTC(), new SplittableRandom(1));
    }

    NotifyingStore notifying() {
        thread = Thread.ofVirtual().start(notifier);
        return this;
    }

    void notNotifying() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    /** Logs a reading and waits until everything that follows from it is in the tables. */
    void reading(String device, double value) throws InterruptedException {
        reading(device, value, false);
    }

    void reading(String device, double value, boolean isBackfill) throws InterruptedException {
        long number = store.log().head() + 1;
        var envelope = new Envelope(new StreamId("plant", "gw", "telemetry", 7), number, 1, isBackfill, 0, 0, null);
        EventBatch events = EventBatch.builder()
                .add(new Event(
                        new Series(device, "temp", "°C"),
                        TIME + (isBackfill ? -1_000_000_000L : 1_000_000L) + number * 1_000,
                        new Value.Numeric(value),
                        Quality.GOOD))
                .build();
        LogEntry entry =
                LogEntry.batch(envelope, TIME, TIME, Verdicts.NONE, new WireEncoder().encode(envelope, events));
        var logged = (AppendResult.Logged) store.log().append(List.of(entry));
        store.derivation()
                .offer(List.of(new LoggedEntry(logged.firstPosition(), logged.committedMicros(), entry, events)));
        assertThat(store.awaitVisible(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
    }

    void rebuild() throws Exception {
        store.derivation().rebuild(RebuildTarget.WINDOWS).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(store.awaitVisible(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
    }

    /** Waits until the notifier says so; it looks four times a second. */
    NotificationsView await(Predicate<NotificationsView> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!wanted.test(notifier.view())) {
            assertThat(System.nanoTime()).as("in time: %s", notifier.view()).isLessThan(deadline);
            Thread.sleep(10);
        }
        return notifier.view();
    }

    @Override
    public void close() throws InterruptedException {
        notNotifying();
        store.close();
    }
}
