package io.millrace.gateway.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.admit.Admission;
import io.millrace.gateway.admit.SeriesRegistry;
import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import io.millrace.model.wire.Durability;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.Receipt;
import io.millrace.model.wire.WireEncoder;
import io.millrace.store.derive.Derivation;
import io.millrace.store.derive.LatestValue;
import io.millrace.store.derive.Projection;
import io.millrace.store.derive.ProjectionTable;
import io.millrace.store.derive.RebuildTarget;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.EntryKind;
import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LogReader;
import io.millrace.store.log.LoggedEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the loop promises whatever the log does; the log here fails on demand, the real one is in cloud-store's tests. */
class CommitLoopTest {
    private static final long NOW = 1_767_225_600_000_000L;
    private static final StreamId STREAM = new StreamId("plant-1", "gw-7", "telemetry", 42);

    /** Everything that happened, in order: appends, receipts, acknowledgements. */
    private final List<String> story = Collections.synchronizedList(new ArrayList<>());

    private final Inbox inbox = new Inbox();
    private final FailingLog log = new FailingLog();
    private final Followers derivation = new Followers();
    private final AtomicLong applyLagMillis = new AtomicLong();
    private final List<Receipt> receipts = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread = new Thread(loop(), "commit-loop");

    private CommitLoop loop() {
        return new CommitLoop(
                inbox,
                new Admission(new SeriesRegistry()),
                log,
                derivation,
                (to, receipt) -> {
                    story.add("receipt " + to.agent());
                    receipts.add(receipt);
                },
                new NoFigures(),
                new ReadModelLag(derivation::progress, applyLagMillis::get),
                () -> 0,
                () -> NOW,
                () -> System.nanoTime() + log.appendedNanos.get(),
                Duration.ofMillis(1));
    }

    @AfterEach
    void stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    @Test
    void answersOnlyAfterTheCommit() throws InterruptedException {
        var acknowledged = new CountDownLatch(2);
        put("millrace/v1/plant-1/gw-7/batch/telemetry", batch(1), acknowledged);
        put("millrace/v1/home/boiler/event/on", "true".getBytes(StandardCharsets.UTF_8), acknowledged);
        thread.start();
        assertThat(acknowledged.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(story.getFirst()).startsWith("logged");
        assertThat(story).containsSubsequence("receipt gw-7", "acknowledged", "acknowledged");
        assertThat(receipts).containsExactly(new Receipt.Settled(42, Durability.FSYNC, List.of(new Interval(1, 2))));
        assertThat(derivation.kinds()).contains(EntryKind.BATCH, EntryKind.PLAIN);
    }

    @Test
    void answersNobodyWhileTheLogTakesNothingAndEverybodyAfterwards() throws InterruptedException {
        log.failures.set(3);
        var acknowledged = new CountDownLatch(1);
        put("millrace/v1/plant-1/gw-7/batch/telemetry", batch(1), acknowledged);
        thread.start();
        assertThat(acknowledged.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(story)
                .startsWith("unavailable", "unavailable", "unavailable")
                .containsOnlyOnce("receipt gw-7");
        assertThat(log.batchesLogged()).isEqualTo(1);
    }

    @Test
    void unitesTheReceiptsOfOneCommit() throws InterruptedException {
        var acknowledged = new CountDownLatch(2);
        put("millrace/v1/plant-1/gw-7/batch/telemetry", batch(1), acknowledged);
        put("millrace/v1/plant-1/gw-7/batch/telemetry", batch(3), acknowledged);
        thread.start();
        assertThat(acknowledged.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(receipts).containsExactly(new Receipt.Settled(42, Durability.FSYNC, List.of(new Interval(1, 4))));
    }

    @Test
    void restsTwiceAsLongAsACommitForManyAgentsTook() throws InterruptedException {
        var acknowledged = new CountDownLatch(CommitRest.LANES_MANY);
        for (int i = 0; i < CommitRest.LANES_MANY; i++) {
            put("millrace/v1/plant-1/gw-%d/batch/telemetry".formatted(i), batch("gw-" + i, 1), acknowledged);
        }
        restsAfter(acknowledged);
    }

    @Test
    void andAsOneForManyPlainDevices() throws InterruptedException {
        var acknowledged = new CountDownLatch(CommitRest.LANES_MANY);
        for (int i = 0; i < CommitRest.LANES_MANY; i++) {
            put("millrace/v1/home/boiler-%d/event/on".formatted(i), "1".getBytes(StandardCharsets.UTF_8), acknowledged);
        }
        restsAfter(acknowledged);
    }

    private void restsAfter(CountDownLatch acknowledged) throws InterruptedException {
        log.appendNanos = Duration.ofMillis(8).toNanos();
        thread.start();
        assertThat(acknowledged.await(20, TimeUnit.SECONDS)).isTrue();
        var next = new CountDownLatch(1);
        put("millrace/v1/plant-1/gw-7/batch/telemetry", batch(1_000), next);
        assertThat(next.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(log.startedNanos.get(1) - log.endedNanos.getFirst())
                .isGreaterThanOrEqualTo(Duration.ofMillis(16).toNanos());
    }

    /** Half as far behind as may be: as long as it worked it rests then, and takes half as much at once. */
    @Test
    void goesSlowlyWhileWhatIsDerivedIsBehind() throws InterruptedException {
        applyLagMillis.set(2_500);
        log.appendNanos = Duration.ofMillis(30).toNanos();
        var acknowledged = new CountDownLatch(1_001);
        for (int first = 1; first <= 2_001; first += 2) {
            put("millrace/v1/plant-1/gw-7/batch/telemetry", batch(first), acknowledged);
        }
        thread.start();
        assertThat(acknowledged.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(log.batches).startsWith(1_000, 1);
        assertThat(log.startedNanos.get(1) - log.endedNanos.getFirst())
                .isGreaterThanOrEqualTo(Duration.ofMillis(30).toNanos());
    }

    @Test
    void takesNothingWhileWhatIsDerivedIsTooFarBehind() throws InterruptedException {
        applyLagMillis.set(ReadModelLag.APPLY_LAG_MAX.toMillis());
        thread.start();
        awaitTicks(2);
        var acknowledged = new CountDownLatch(1);
        put("millrace/v1/plant-1/gw-7/batch/telemetry", batch(1), acknowledged);
        awaitTicks(3);
        assertThat(derivation.kinds()).containsOnly(EntryKind.TICK);
        applyLagMillis.set(0);
        assertThat(acknowledged.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private void awaitTicks(int many) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (derivation.kinds().size() < many) {
            assertThat(System.nanoTime() - deadline).as("time left").isNegative();
            Thread.sleep(1);
        }
    }

    private void put(String topic, byte[] payload, CountDownLatch acknowledged) {
        assertThat(inbox.put(new Inbound(topic, payload, 0, () -> {
                    story.add("acknowledged");
                    acknowledged.countDown();
                })))
                .isCompleted();
    }

    private static byte[] batch(long first) {
        return batch(STREAM.agent(), first);
    }

    private static byte[] batch(String agent, long first) {
        var events = EventBatch.builder();
        for (int i = 0; i < 2; i++) {
            events.add(new Event(new Series("d", "m", ""), NOW + i, new Value.Numeric(i), Quality.GOOD));
        }
        var stream = new StreamId(STREAM.site(), agent, STREAM.lane(), STREAM.epoch());
        return new WireEncoder().encode(new Envelope(stream, first, 2, false, NOW, 1, null), events.build());
    }

    private final class FailingLog implements EventLog {
        private final AtomicInteger failures = new AtomicInteger();
        private final List<LogEntry> logged = Collections.synchronizedList(new ArrayList<>());
        private final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
        private final List<Long> startedNanos = Collections.synchronizedList(new ArrayList<>());
        private final List<Long> endedNanos = Collections.synchronizedList(new ArrayList<>());

        /** What all appends took by the loop's clock, beside the time that really went by. */
        private final AtomicLong appendedNanos = new AtomicLong();

        private volatile long appendNanos;

        @Override
        public AppendResult append(List<LogEntry> entries) {
            startedNanos.add(System.nanoTime());
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                story.add("unavailable");
                return new AppendResult.Unavailable("disk is full", Duration.ofMillis(1));
            }
            long first = logged.size() + 1L;
            logged.addAll(entries);
            batches.add((int)
                    entries.stream().filter(e -> e.kind() == EntryKind.BATCH).count());
            story.add("logged " + entries.size());
            appendedNanos.addAndGet(appendNanos);
            endedNanos.add(System.nanoTime());
            return new AppendResult.Logged(first, NOW, Durability.FSYNC);
        }

        long batchesLogged() {
            return logged.stream().filter(e -> e.kind() == EntryKind.BATCH).count();
        }

        @Override
        public long head() {
            return logged.size();
        }

        @Override
        public LogReader read(long fromPosition) {
            throw new UnsupportedOperationException("the loop never reads");
        }
    }

    private static final class Followers implements Derivation {
        private final List<LoggedEntry> offered = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void offer(List<LoggedEntry> entries) {
            offered.addAll(entries);
        }

        List<EntryKind> kinds() {
            return offered.stream().map(e -> e.entry().kind()).toList();
        }

        @Override
        public CompletableFuture<Long> rebuild(RebuildTarget target) {
            throw new UnsupportedOperationException("the loop never rebuilds");
        }

        @Override
        public CompletableFuture<Long> replace(Projection next, Set<ProjectionTable> tables) {
            throw new UnsupportedOperationException("the loop never replaces");
        }

        @Override
        public Progress progress() {
            long head = offered.size();
            return new Progress(head, 0, head, head, false, head, 0, 0, 0, Optional.empty(), Optional.empty());
        }

        @Override
        public List<LatestValue> latest() {
            return List.of();
        }
    }

    private static final class NoFigures implements CommitFigures {
        @Override
        public void committed(int entries, int events, long nanos) {}

        @Override
        public void answered(long nanos) {}

        @Override
        public void unavailable() {}

        @Override
        public void resting(double part) {}
    }
}
