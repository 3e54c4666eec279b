package io.millrace.store.derive;

import static io.millrace.store.Sent.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import io.millrace.store.Sent;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LogReader;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.log.ProjectionLag;
import io.millrace.store.log.Verdicts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of many rows the latest wait for one commit more, and nobody is told that they are committed before they are. */
class HoldingBackTest {
    private static final Duration WAIT_MAX = Duration.ofSeconds(20);
    private static final UUID STORE = new UUID(1, 2);
    private static final int MANY = 2_000;
    private static final long SECOND_MICROS = 1_000_000;

    @TempDir
    Path folder;

    private final List<LoggedEntry> logged = new CopyOnWriteArrayList<>();
    private final Tables tables = new Tables();
    private final AtomicLong nanos = new AtomicLong();
    private LogDerivation derivation;

    @BeforeEach
    void start() {
        var parts = new LogDerivation.Parts(
                (topic, payload, at) -> EventBatch.builder().build(), Projection.none(), LiveListener.none());
        derivation = new LogDerivation(new Log(), tables, parts, checkpoint(), STORE, nanos::get);
        derivation.start();
    }

    @AfterEach
    void close() {
        derivation.closed();
    }

    private Path checkpoint() {
        return folder.resolve("checkpoint");
    }

    /** Appends so many events of the second before that one, evenly spaced, logged at its end. */
    private void append(int second, int count) {
        var events = new ArrayList<Event>();
        for (int i = 1; i <= count; i++) {
            long time = NOON + (second - 1) * SECOND_MICROS + i * SECOND_MICROS / count;
            events.add(new Event(new Series("pump", "pressure", "bar"), time, new Value.Numeric(i), Quality.GOOD));
        }
        long first = (long) logged.size() * MANY + 1;
        append(second, Sent.batch(Sent.STREAM, first, events, Verdicts.NONE));
    }

    private void append(int second, LogEntry entry) {
        var at = new LoggedEntry(logged.size() + 1, NOON + second * SECOND_MICROS, entry, null);
        logged.add(at);
        derivation.offer(List.of(at));
    }

    private void forward(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + WAIT_MAX.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime() - deadline).as("time left").isNegative();
            Thread.sleep(Duration.ofMillis(1));
        }
    }

    private void commitAfter(Duration pause) throws Exception {
        int commits = tables.commits;
        forward(pause);
        await(() -> tables.commits == commits + 1);
    }

    private void commitOf(int second) throws Exception {
        commitOf(second, Duration.ofSeconds(1));
    }

    private void commitOf(int second, Duration pause) throws Exception {
        append(second, MANY);
        awaitFolded();
        commitAfter(pause);
    }

    private void awaitFolded() throws Exception {
        await(() -> derivation.progress().position() == logged.size());
    }

    /** Whatever the thread did about the last row is done when it folds this, which has none. */
    private void tick(int second) throws Exception {
        append(second, LogEntry.tick(NOON + second * SECOND_MICROS, 0, ProjectionLag.NONE.bytes()));
        awaitFolded();
    }

    private long checkpointed() throws Exception {
        return Checkpoint.read(checkpoint(), STORE).map(Checkpoint::position).orElse(0L);
    }

    @Test
    void aPositionIsCommittedWithTheLastOfItsRows() throws Exception {
        commitOf(1);
        await(() -> checkpointed() == 1);
        tick(1);
        await(() -> derivation.progress().committedPosition() == 2);
        commitOf(2, Duration.ofSeconds(10)); // a checkpoint is due
        tick(2);
        assertThat(tables.committed).as("nothing later than the last commit").hasSize(MANY);
        assertThat(derivation.progress().committedPosition()).isEqualTo(2);
        assertThat(checkpointed()).isEqualTo(1);
        commitOf(3);
        assertThat(tables.committed).hasSize(2 * MANY);
        await(() -> derivation.progress().committedPosition() == 3);
        await(() -> checkpointed() == 3);
        commitAfter(Duration.ofSeconds(2));
        assertThat(tables.committed).hasSize(3 * MANY);
        await(() -> derivation.progress().committedPosition() == 5);
    }

    @Test
    void fewRowsAreNotHeldBack() throws Exception {
        commitOf(1);
        append(2, 999);
        awaitFolded();
        commitAfter(Duration.ofSeconds(1));
        assertThat(tables.committed).hasSize(MANY + 999);
        await(() -> derivation.progress().committedPosition() == 2);
    }

    @Test
    void closingHoldsNothingBack() throws Exception {
        commitOf(1);
        commitOf(2);
        assertThat(derivation.closed()).isTrue();
        assertThat(tables.committed).hasSize(2 * MANY);
        assertThat(checkpointed()).isEqualTo(2);
    }

    /** What has been appended. */
    private final class Log implements EventLog {
        @Override
        public AppendResult append(List<LogEntry> entries) {
            throw new UnsupportedOperationException("the test does it");
        }

        @Override
        public long head() {
            return logged.size();
        }

        @Override
        public LogReader read(long fromPosition) {
            return new LogReader() {
                private long next = fromPosition;

                @Override
                public @Nullable LoggedEntry next() {
                    return next > head() ? null : logged.get((int) (next++ - 1));
                }

                @Override
                public void close() {}
            };
        }
    }

    /** Keeps sequences of events, as {@link Rows} says. */
    private static final class Tables implements Rows {
        private record Row(long sequence, long timeMicros) {}

        private final List<Row> waiting = new ArrayList<>();
        private long upToMicros = Long.MAX_VALUE;
        private final List<Long> committed = new CopyOnWriteArrayList<>();
        private volatile int commits;

        @Override
        public void events(Fresh fresh, long fromMicros) {
            for (int n = 0; n < fresh.size(); n++) {
                waiting.add(new Row(fresh.sequence(n), fresh.events().timeMicros(fresh.index(n))));
            }
        }

        @Override
        public long pending() {
            return waiting.size();
        }

        @Override
        public void commit() {
            upToMicros = Long.MAX_VALUE;
            commitUpTo(Long.MAX_VALUE);
        }

        @Override
        public void commitUpTo(long nextMicros) {
            committed.addAll(waiting.stream()
                    .filter(row -> row.timeMicros <= upToMicros)
                    .map(Row::sequence)
                    .toList());
            waiting.removeIf(row -> row.timeMicros <= upToMicros);
            // Of those left all are to be in the next one.
            waiting.replaceAll(row -> new Row(row.sequence, Long.MIN_VALUE));
            upToMicros = nextMicros;
            commits++;
        }

        @Override
        public boolean isApplied() {
            return true;
        }

        @Override
        public void gap(GapRow row) {}

        @Override
        public void deadLetter(DeadLetterRow row) {}

        @Override
        public void window(WindowRow row) {}

        @Override
        public void transition(TransitionRow row) {}

        @Override
        public void discard() {
            waiting.clear();
        }

        @Override
        public void truncate(RebuildTarget target) {}

        @Override
        public StagedRows stage(Set<ProjectionTable> tables) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void publish(Set<ProjectionTable> tables) {}

        @Override
        public void unstage() {}
    }
}
