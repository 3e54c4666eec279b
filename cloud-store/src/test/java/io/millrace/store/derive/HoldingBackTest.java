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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of many events the latest wait for earlier ones, and nobody is told that they are committed before they are. */
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
        append(second, entry(second, count));
    }

    private LogEntry entry(int second, int count) {
        return entry(second, count, false);
    }

    private LogEntry entry(int second, int count, boolean backfill) {
        var events = new ArrayList<Event>();
        for (int i = 1; i <= count; i++) {
            long time = NOON + (second - 1) * SECOND_MICROS + i * SECOND_MICROS / count;
            events.add(new Event(new Series("pump", "pressure", "bar"), time, new Value.Numeric(i), Quality.GOOD));
        }
        return Sent.batch(Sent.STREAM, (long) logged.size() * MANY + 1, events, Verdicts.NONE, backfill);
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
        commitAfter(pause, 1);
    }

    private void commitAfter(Duration pause, int times) throws Exception {
        int commits = tables.commits;
        forward(pause);
        await(() -> tables.commits == commits + times);
    }

    private void commitOf(int second) throws Exception {
        append(second, MANY);
        awaitFolded();
        commitAfter(Duration.ofSeconds(1));
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
        forward(Duration.ofSeconds(30)); // a checkpoint is due, though the one before seems to have taken a second
        append(32, MANY);
        awaitFolded();
        commitAfter(Duration.ofMillis(500));
        tick(32);
        assertThat(tables.committed).as("events come up to 999.5 ms late").hasSize(MANY + MANY / 2 + 1);
        assertThat(derivation.progress().committedPosition()).isEqualTo(2);
        assertThat(checkpointed()).isEqualTo(1);
        commitAfter(Duration.ofMillis(500));
        assertThat(tables.committed).hasSize(2 * MANY).doesNotHaveDuplicates();
        await(() -> derivation.progress().committedPosition() == 4);
        await(() -> checkpointed() >= 3);
    }

    @Test
    void fewRowsAreNotHeldBack() throws Exception {
        commitOf(1);
        append(2, 999);
        awaitFolded();
        commitAfter(Duration.ofSeconds(1));
        append(3, 999);
        awaitFolded();
        commitAfter(Duration.ofMillis(100));
        assertThat(tables.committed).hasSize(MANY + 2 * 999);
        await(() -> derivation.progress().committedPosition() == 3);
    }

    /** A clock may be ahead, which admission marks; its events are to be seen as soon as others. */
    @Test
    void nothingIsHeldBackForLong() throws Exception {
        commitOf(1);
        append(2, entry(100, MANY));
        awaitFolded();
        forward(Duration.ofMillis(1_499));
        tick(2);
        assertThat(tables.committed).hasSize(MANY);
        commitAfter(Duration.ofMillis(21)); // it looks again then
        assertThat(tables.committed).hasSize(2 * MANY);
    }

    @Test
    void whatComesOutOfABacklogIsCommittedByItself() throws Exception {
        append(100, MANY);
        append(100, entry(1, MANY, true));
        awaitFolded();
        commitAfter(Duration.ofSeconds(1), 2);
        assertThat(tables.committed.subList(0, MANY)).allMatch(sequence -> sequence <= MANY);
        assertThat(tables.sizes).containsExactly(MANY, MANY);
        assertThat(derivation.progress().committedPosition()).isEqualTo(2);
    }

    /** Else applying it, which rewrites the table from its oldest row on, would be all that the store does. */
    @Test
    void itWaitsThreeTimesAsLongAsApplyingItTook() throws Exception {
        append(100, entry(1, MANY, true));
        awaitFolded();
        tables.stalls = true;
        commitAfter(Duration.ofMillis(100));
        append(100, entry(2, MANY, true));
        awaitFolded();
        forward(Duration.ofSeconds(1));
        tick(100);
        tables.stalls = false;
        tables.applied = true;
        tick(100);
        forward(Duration.ofMillis(1_999));
        tick(100);
        assertThat(tables.committed).hasSize(MANY);
        assertThat(derivation.progress().committedPosition()).isEqualTo(1);
        await(() -> derivation.progress().decidedPosition() == 5);
        append(103, 1);
        awaitFolded();
        commitAfter(Duration.ofMillis(100), 2);
        assertThat(tables.sizes).containsExactly(MANY, 1, MANY);
    }

    /** What was applied some time ago may have been applied at once. */
    @Test
    void whatCameLongBeforeIsNoReasonToWait() throws Exception {
        append(100, entry(1, MANY, true));
        awaitFolded();
        commitAfter(Duration.ofMillis(100));
        forward(Duration.ofMinutes(10));
        append(700, entry(2, MANY, true));
        awaitFolded();
        commitAfter(Duration.ofMillis(100));
        assertThat(tables.committed).hasSize(2 * MANY);
    }

    @Test
    void butNotLongerThanFiveSeconds() throws Exception {
        append(100, entry(1, MANY, true));
        awaitFolded();
        tables.stalls = true;
        commitAfter(Duration.ofMillis(100));
        append(100, entry(2, MANY, true));
        awaitFolded();
        forward(Duration.ofMillis(3_000));
        tables.stalls = false;
        tables.applied = true;
        tick(100);
        forward(Duration.ofMillis(1_999));
        tick(100);
        assertThat(tables.committed).hasSize(MANY);
        commitAfter(Duration.ofMillis(1));
        assertThat(tables.committed).hasSize(2 * MANY);
    }

    /** Two at once would have the rows between written anew twice, and live ones would wait for both. */
    @Test
    void norBeforeThoseBeforeAreApplied() throws Exception {
        append(100, entry(1, MANY, true));
        awaitFolded();
        tables.stalls = true;
        commitAfter(Duration.ofMillis(100));
        append(100, entry(2, MANY, true));
        awaitFolded();
        forward(Duration.ofSeconds(9));
        tick(100);
        assertThat(tables.committed).hasSize(MANY);
        assertThat(derivation.progress().lateApplying()).isTrue();
        tables.stalls = false;
        tables.applied = true;
        assertThat(derivation.progress().lateApplying()).isFalse();
        await(() -> tables.commits == 2);
        assertThat(tables.committed).hasSize(2 * MANY);
    }

    /** Admission is to count how long they take then, so that their number is bounded. */
    @Test
    void unlessThereAreTooMany() throws Exception {
        append(100, entry(1, MANY, true));
        awaitFolded();
        tables.stalls = true;
        commitAfter(Duration.ofMillis(100));
        tables.latePending = RowCommits.LATE_ROWS_MAX - MANY;
        append(100, entry(2, MANY, true));
        await(() -> tables.commits == 2);
        await(() -> !derivation.progress().lateApplying()); // not alone, and so no excuse
    }

    /** What is committed by itself says nothing of the others: a kill now must not lose them. */
    @Test
    void liveRowsAreNotCommittedWithLateOnes() throws Exception {
        append(100, entry(1, 1, true));
        awaitFolded();
        forward(Duration.ofMillis(50));
        append(100, entry(100, 1));
        awaitFolded();
        commitAfter(Duration.ofMillis(50));
        tick(100);
        assertThat(tables.lateSizes).containsExactly(1);
        assertThat(derivation.progress().committedPosition()).isZero();
        assertThat(checkpointed()).isZero();
        commitAfter(Duration.ofMillis(50));
        await(() -> derivation.progress().committedPosition() >= 2);
    }

    /** They would be applied behind it, and be an excuse for it. */
    @Test
    void lateOnesWaitUntilAllElseIsApplied() throws Exception {
        append(100, MANY);
        awaitFolded();
        tables.liveApplied = false;
        commitAfter(Duration.ofMillis(100));
        append(100, entry(1, MANY, true));
        awaitFolded();
        forward(Duration.ofMillis(9_999));
        tick(100);
        assertThat(tables.lateSizes).isEmpty();
        commitAfter(Duration.ofMillis(1));
        assertThat(tables.lateSizes).containsExactly(MANY);
        assertThat(derivation.progress().lateApplying()).isFalse();
    }

    @Test
    void norIsMoreOfThemWrittenThanThereIsRoomFor() throws Exception {
        tables.applied = false;
        String text = "x".repeat(60_000);
        int batches = (int) (RowCommits.LATE_BYTES_MAX / (2 * text.length()));
        for (int n = 0; n < batches; n++) {
            List<Event> events = List.of(note(n, "a" + text), note(n, "b" + text));
            append(100, Sent.batch(Sent.STREAM, 2L * n + 1, events, Verdicts.NONE, true));
        }
        await(() -> tables.commits == 1);
        assertThat(tables.committed).hasSizeBetween(2 * batches * 9 / 10, 2 * batches);
    }

    /** They waited in the broker while the gateway was away, say. */
    @Test
    void lateOnesAreCommittedByThemselvesEvenIfTheyComeOutOfNoBacklog() throws Exception {
        commitOf(10);
        append(10, entry(10, MANY));
        append(10, entry(9, MANY)); // begins 2 s before the end of what is committed
        awaitFolded();
        commitAfter(Duration.ofSeconds(1), 2);
        assertThat(tables.sizes).containsExactly(MANY, MANY, MANY);
        append(10, entry(10, MANY)); // 1 s before
        assertThat(derivation.awaitCommitted(4, WAIT_MAX)).isTrue();
        assertThat(tables.lateSizes).containsExactly(MANY);
    }

    @Test
    void whoWaitsForAllToBeCommittedWaitsForNothingElse() throws Exception {
        commitOf(1);
        append(2, MANY);
        append(2, entry(1, MANY, true));
        awaitFolded();
        assertThat(derivation.awaitCommitted(3, WAIT_MAX)).isTrue();
        assertThat(tables.committed).hasSize(3 * MANY);
    }

    /** Long texts are not to fill the heap while they wait. */
    @Test
    void noMoreMemoryIsHeldThanThereIsRoomFor() throws Exception {
        commitOf(1);
        String text = "x".repeat(60_000);
        int batches = (int) (HeldEvents.BYTES_MAX / (2 * text.length()));
        for (int n = 0; n < batches; n++) {
            List<Event> events = List.of(note(n, "a" + text), note(n, "b" + text));
            append(2, Sent.batch(Sent.STREAM, 2L * n + 3 * MANY, events, Verdicts.NONE, false));
        }
        await(() -> tables.commits == 2);
        assertThat(tables.committed).hasSizeBetween(MANY + 2 * batches * 9 / 10, MANY + 2 * batches);
    }

    private static Event note(int n, String text) {
        return new Event(
                new Series("pump", "note", ""), NOON + 2 * SECOND_MICROS + n, new Value.Text(text), Quality.GOOD);
    }

    @Test
    void closingHoldsNothingBack() throws Exception {
        commitOf(1);
        append(2, MANY);
        awaitFolded();
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
        private final List<Long> waiting = new ArrayList<>();
        private final List<Long> committed = new CopyOnWriteArrayList<>();
        private final List<Integer> sizes = new CopyOnWriteArrayList<>();
        private final List<Long> late = new ArrayList<>();
        private final List<Integer> lateSizes = new CopyOnWriteArrayList<>();
        private volatile boolean applied = true;
        private volatile boolean liveApplied = true;

        /** Nothing is applied any more once something is committed. */
        private volatile boolean stalls;

        private volatile int commits;

        /** More late ones than there are. */
        private volatile long latePending;

        @Override
        public void events(Fresh fresh, long fromMicros) {
            add(fresh, waiting);
        }

        @Override
        public void lateEvents(Fresh fresh) {
            add(fresh, late);
        }

        private static void add(Fresh fresh, List<Long> to) {
            for (int n = 0; n < fresh.size(); n++) {
                to.add(fresh.sequence(n));
            }
        }

        @Override
        public long pending() {
            return waiting.size();
        }

        @Override
        public long latePending() {
            return late.isEmpty() ? 0 : late.size() + latePending;
        }

        @Override
        public void commit() {
            commit(waiting);
        }

        @Override
        public void commitLate() {
            lateSizes.add(late.size());
            commit(late);
        }

        private void commit(List<Long> which) {
            committed.addAll(which);
            sizes.add(which.size());
            which.clear();
            applied &= !stalls;
            commits++;
        }

        @Override
        public BooleanSupplier lateApplied() {
            return () -> applied;
        }

        @Override
        public boolean isApplied() {
            return applied && liveApplied;
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
            late.clear();
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
