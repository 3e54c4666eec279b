package io.millrace.agent.uplink;

import static io.millrace.agent.spool.SpoolFixture.events;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.agent.spool.Spool;
import io.millrace.agent.spool.SpoolFixture;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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

        Box() throws Exception {
            spool = SpoolFixture.inMemory(new SpoolFixture.ManualTime());
            uplink = new Uplink(
                    UplinkConfig.of("plant-1", "gw-7", "test", 1000),
                    spool,
                    broker,
                    InstantSource.system(),
                    new SplittableRandom(7));
            uplink.start(loop);
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
