package io.millrace.store.derive;

import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogReader;
import io.millrace.store.log.LoggedEntry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Folds the log from position 1 with books and a projection of its own, on a thread of its own, and writes into staged
 * tables. It follows the live derivation, never passes it, and lets it go first. It ends level with it when it is told
 * to, or when it is stopped or fails, which leaves no trace but the staged tables.
 */
final class Shadow {
    /** The live derivation goes first when it has more to do than this. */
    private static final long LIVE_BEHIND_MAX = 200;

    private static final int LOOK_EVERY_ENTRIES = 32;

    /** So long at most for each look: a live derivation that is always behind must not stop it for ever. */
    private static final long GIVE_WAY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long APPLY_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);
    private static final Duration STOP_MAX = Duration.ofSeconds(10);

    private final EventLog log;
    private final StagedRows rows;
    private final Projection projection;
    private final Set<ProjectionTable> tables;
    private final Output out;
    private final Fold fold;
    private final LongSupplier live;
    private final Speed speed;
    private final CompletableFuture<Long> done;
    private final Thread thread = Thread.ofPlatform().name("shadow").daemon().unstarted(this::run);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile long position;
    private volatile long end = Long.MAX_VALUE;
    private volatile boolean stopped;
    private volatile byte[] snapshot = {};
    private volatile @Nullable Throwable failure;

    /**
     * @param projection has seen nothing yet
     * @param live position of the live derivation
     * @param nanos monotonic clock
     * @param done completed by whoever puts it in the place of the live one
     */
    Shadow(
            EventLog log,
            StagedRows rows,
            Projection projection,
            Set<ProjectionTable> tables,
            PlainDecoder plain,
            LongSupplier live,
            LongSupplier nanos,
            CompletableFuture<Long> done) {
        this.log = log;
        this.rows = rows;
        this.projection = projection;
        this.tables = tables;
        this.out = new Chosen(rows, tables);
        this.fold = new Fold(ReadModels.booksOnly(), Rows.none(), plain);
        this.live = live;
        this.speed = new Speed(nanos);
        this.done = done;
    }

    /** Lets the rows of some tables through: those of the others stand already. */
    private record Chosen(StagedRows rows, Set<ProjectionTable> tables) implements Output {
        @Override
        public void window(WindowRow row) {
            if (tables.contains(ProjectionTable.WINDOWS)) {
                rows.window(row);
            }
        }

        @Override
        public void transition(TransitionRow row) {
            if (tables.contains(ProjectionTable.ALERT_TRANSITIONS)) {
                rows.transition(row);
            }
        }
    }

    void start() {
        thread.start();
    }

    long position() {
        return position;
    }

    Set<ProjectionTable> tables() {
        return tables;
    }

    CompletableFuture<Long> done() {
        return done;
    }

    /** Why it has ended by itself; null if it has not. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    Derivation.Rebuild progress() {
        return speed.progress(RebuildTarget.WINDOWS, Math.max(position, live.getAsLong()));
    }

    /**
     * Brings it level with the live derivation, which stands still meanwhile, and waits until its rows are in their
     * tables.
     *
     * @param at where that stands
     * @return false if it failed, or the wait was given up
     */
    boolean finish(long at, BooleanSupplier givesUp) throws InterruptedException {
        end = at;
        while (!ended.await(POLL_NANOS, TimeUnit.NANOSECONDS)) {
            if (givesUp.getAsBoolean()) {
                return false;
            }
        }
        return failure == null && position == at;
    }

    /** What the projection has come to, after {@link #finish}. */
    byte[] snapshot() {
        return snapshot;
    }

    /** Ends it; waits up to 10 s for that and returns whether it has. */
    boolean stop() throws InterruptedException {
        stopped = true;
        return !thread.isAlive() || thread.join(STOP_MAX);
    }

    private void run() {
        try {
            follow();
        } catch (InterruptedException e) {
            failure = e;
        } catch (RuntimeException | Error e) { // the database throws errors too, for a full disk
            failure = e;
        } finally {
            ended.countDown();
        }
    }

    private void follow() throws InterruptedException {
        projection.restore(null);
        try (LogReader reader = log.read(1)) {
            while (!stopped && position < end) {
                if (position >= live.getAsLong()) {
                    commit();
                    LockSupport.parkNanos(POLL_NANOS);
                } else {
                    giveWay();
                    next(reader);
                }
            }
        }
        if (!stopped) {
            commit();
            awaitApplied();
            snapshot = projection.snapshot();
        }
    }

    private void next(LogReader reader) throws InterruptedException {
        LoggedEntry entry = reader.next();
        if (entry == null) {
            throw new IllegalStateException(
                    "log ends at position %d, expected %d".formatted(position, live.getAsLong()));
        }
        Fresh fresh = fold.entry(entry);
        projection.fold(entry, fresh, out);
        position = entry.position();
        speed.folded(position, fresh.size());
        if (rows.pending() >= CommitPace.ROWS_MAX) {
            commit();
        }
    }

    /** What is applied later than it is derived waits on the disk, so at most one commit does. */
    private void commit() throws InterruptedException {
        if (rows.pending() > 0) {
            awaitApplied();
            rows.commit();
        }
    }

    private void awaitApplied() throws InterruptedException {
        long start = System.nanoTime();
        while (!stopped && !rows.isApplied()) {
            if (System.nanoTime() - start > APPLY_NANOS_MAX) {
                throw new IllegalStateException(
                        ("rows were committed to a staged table and are not applied after %d min."
                                        + " See QuestDB's log file; a full disk is the usual reason")
                                .formatted(TimeUnit.NANOSECONDS.toMinutes(APPLY_NANOS_MAX)));
            }
            Thread.sleep(Duration.ofNanos(POLL_NANOS));
        }
    }

    private void giveWay() {
        if (position % LOOK_EVERY_ENTRIES == 0) {
            long start = System.nanoTime();
            while (!stopped
                    && end == Long.MAX_VALUE
                    && log.head() - live.getAsLong() > LIVE_BEHIND_MAX
                    && System.nanoTime() - start < GIVE_WAY_NANOS) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }
}
