package io.millrace.agent.uplink;

import static io.millrace.agent.spool.SpoolFixture.events;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.agent.spool.Spool;
import io.millrace.agent.spool.SpoolFixture;
import io.millrace.model.wire.WireEncoder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several uplinks that take their turns on one thread, in real time. */
class SharedLoopTest {
    private static final Duration WAIT_MAX = Duration.ofSeconds(10);

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();

    /** One box; what it holds is touched on the loop only. */
    private final class Box implements AutoCloseable {
        final FakeBroker broker = new FakeBroker();
        final Spool spool;
        final Uplink uplink;

        /** Whether its clock fails, as nothing in it expects. */
        volatile boolean broken;

        final AtomicInteger failures = new AtomicInteger();

        Box() throws Exception {
            spool = SpoolFixture.inMemory(new SpoolFixture.ManualTime());
            uplink = new Uplink(
                    UplinkConfig.of("plant-1", "gw-7", "test", 1000),
                    spool,
                    broker,
                    new WireEncoder(),
                    new UplinkClock(InstantSource.system(), this::nanos),
                    new SplittableRandom(7));
            uplink.start(loop);
        }

        private long nanos() {
            if (broken) {
                failures.incrementAndGet();
                throw new IllegalStateException("no time");
            }
            return System.nanoTime();
        }

        void connect() throws Exception {
            await(() -> broker.links() == 1 && broker.link().isConnecting());
            loop.submit(() -> broker.accept(100)).get();
            await(() -> !broker.statuses().isEmpty());
            loop.submit(() -> broker.acknowledgeAll(0)).get();
        }

        void append(long from, int count) {
            spool.lane("telemetry").append(events(from, count), null);
        }

        /** Events of all batches so far. */
        void awaitSent(long count) throws Exception {
            await(() -> broker.batches().stream()
                            .mapToInt(batch -> batch.events().events().size())
                            .sum()
                    == count);
        }

        @Override
        public void close() throws Exception {
            Thread closing = Thread.ofVirtual().start(uplink::close);
            await(() -> !broker.statuses().getLast().online() || broker.link().isClosed());
            loop.submit(() -> broker.acknowledgeAll(0)).get();
            closing.join();
            spool.close();
        }
    }

    @AfterEach
    void endLoop() {
        loop.shutdownNow();
    }

    /** Asks the loop again and again. */
    private void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + WAIT_MAX.toNanos();
        while (!loop.submit(condition).get()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + WAIT_MAX);
            }
            Thread.sleep(Duration.ofMillis(1));
        }
    }

    @Test
    void eachSendsWhatItsSpoolTellsOfAndWhatHasLingered() throws Exception {
        try (var first = new Box();
                var second = new Box()) {
            first.connect();
            second.connect();
            first.append(1, 1);
            first.awaitSent(1);
            second.append(1, 3);
            second.awaitSent(3);
            first.append(2, 1); // right after the other and its receipt is out: it lingers, and no signal follows
            first.awaitSent(2);
            loop.submit(first.broker::receiptAll).get();
            assertThat(first.uplink.awaitDrained(WAIT_MAX)).isTrue();
            assertThat(second.spool.isDrained()).isFalse();
        }
    }

    @Test
    void waitsForTheNextAttemptWithoutAnySignal() throws Exception {
        try (var box = new Box()) {
            box.connect();
            loop.submit(box.broker::lose).get();
            await(() -> box.broker.links() == 2);
            loop.submit(() -> box.broker.accept(100)).get();
            await(() -> box.broker.statuses().size() == 2);
        }
    }

    @Test
    void goesOnAfterADefectThatItsHandlingMeetsToo() throws Exception {
        try (var box = new Box()) {
            box.connect();
            box.broken = true;
            box.append(1, 1);
            await(() -> box.failures.get() >= 4); // two in each turn, and nothing wakes it for the second one
            assertThat(box.broker.batches()).isEmpty();
            box.broken = false;
            box.awaitSent(1);
        }
    }

    @Test
    void leavesItsLinkIfItCannotEndProperly() throws Exception {
        var box = new Box();
        box.connect();
        box.broken = true;
        Thread.currentThread().interrupt(); // or wait for 3 s
        box.uplink.close();
        assertThat(Thread.interrupted()).isTrue();
        await(() -> box.broker.link().isClosed());
        box.spool.close();
    }

    @Test
    void oneThatEndsLeavesTheLoopToTheOthers() throws Exception {
        try (var stays = new Box()) {
            stays.connect();
            var goes = new Box();
            goes.connect();
            goes.close();
            assertThat(goes.broker.link().isClosed()).isTrue();
            stays.append(1, 1);
            stays.awaitSent(1);
        }
    }
}
