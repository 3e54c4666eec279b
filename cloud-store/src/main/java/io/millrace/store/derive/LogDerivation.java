package io.millrace.store.derive;

import io.millrace.store.ledger.Ledger;
import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogReader;
import io.millrace.store.log.LoggedEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The derivation's thread: takes entries from the queue, or from the log where the queue has a hole, folds them in
 * position order, commits rows in groups and writes a checkpoint now and then.
 *
 * <p>It fails in one way only: whatever goes wrong, it forgets what is not committed, goes back to the checkpoint and
 * derives the tail again, which changes nothing that was derived before.
 */
public final class LogDerivation implements Derivation {
    private static final Logger log = LoggerFactory.getLogger(LogDerivation.class);

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long CHECKPOINT_NANOS_MIN = TimeUnit.SECONDS.toNanos(5);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY_NANOS_MIN = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    /** A checkpoint of much state is written less often: at most this part of the time goes into it. */
    private static final int CHECKPOINT_TIME_PART = 20;

    /** So long at most the live derivation stands still for a shadow to take over. */
    private static final long TAKE_OVER_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);

    /** What a derivation is made of, beside its log and its rows. */
    public record Parts(PlainDecoder plain, Projection projection, LiveListener listener) {}

    private final EventLog eventLog;
    private final Rows rows;
    private final Parts parts;
    private final Path checkpointFile;
    private final UUID store;
    private final LongSupplier nanos;
    private final Thread thread;

    private final EntryQueue queue = new EntryQueue();
    private final AtomicReference<@Nullable Request> request = new AtomicReference<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CommittedPosition committed = new CommittedPosition();
    private final Shadows shadows;

    private volatile ReadModels models = ReadModels.empty();
    private volatile long position;
    private volatile long decidedPosition;
    private volatile @Nullable Rebuilding rebuilding;
    private volatile @Nullable String failure;
    private final LongAdder eventsFolded = new LongAdder();
    private final LongAdder repeatsFolded = new LongAdder();
    private volatile boolean closing;

    private Fold fold;
    private long toldTo;
    private final RowCommits commits;

    private long checkpointed;
    private long checkpointDue;

    /** One that is to be written once all rows up to its position are committed. */
    private @Nullable Prepared prepared;

    private boolean fromCheckpoint;
    private boolean mayCheckpoint = true;
    private @Nullable CompletableFuture<Long> takingOver;
    private long committedAtFailure;
    private long retryNanos = RETRY_NANOS_MIN;

    private record Request(RebuildTarget target, CompletableFuture<Long> done) {}

    private record Prepared(long position, byte[] checkpoint, long nanos) {}

    private record Rebuilding(RebuildTarget target, long until, Speed speed) {
        Rebuild progress() {
            return speed.progress(target, until);
        }
    }

    /**
     * @param checkpointFile in a folder that exists
     * @param store whose log it is; a checkpoint of another one is not used
     * @param nanos monotonic clock, in nanoseconds
     */
    public LogDerivation(
            EventLog eventLog, Rows rows, Parts parts, Path checkpointFile, UUID store, LongSupplier nanos) {
        this.eventLog = eventLog;
        this.rows = rows;
        this.parts = parts;
        this.checkpointFile = checkpointFile;
        this.store = store;
        this.nanos = nanos;
        this.commits = new RowCommits(rows, nanos);
        this.fold = new Fold(models, rows, parts.plain);
        this.shadows = new Shadows(eventLog, rows, parts.plain, () -> position, nanos);
        this.thread = Thread.ofPlatform().name("derivation").daemon().unstarted(this::run);
    }

    /** Begins from the checkpoint, then goes on in the background. */
    public void start() {
        toldTo = eventLog.head();
        begin();
        thread.start();
    }

    @Override
    public void offer(List<LoggedEntry> entries) {
        queue.offer(entries);
    }

    @Override
    public CompletableFuture<Long> rebuild(RebuildTarget target) {
        if (shadows.isBusy()) {
            return refused();
        }
        if (target == RebuildTarget.WINDOWS) {
            return replace(parts.projection.anew(), EnumSet.allOf(ProjectionTable.class));
        }
        var wanted = new Request(target, new CompletableFuture<>());
        if (closing || rebuilding != null || !request.compareAndSet(null, wanted)) {
            return refused();
        }
        queue.wake();
        return wanted.done;
    }

    @Override
    public CompletableFuture<Long> replace(Projection next, Set<ProjectionTable> tables) {
        if (closing || rebuilding != null || request.get() != null) {
            return refused();
        }
        CompletableFuture<Long> done = shadows.want(next, tables);
        queue.wake();
        return done;
    }

    private CompletableFuture<Long> refused() {
        return CompletableFuture.failedFuture(new IllegalStateException(
                closing
                        ? "the store is closing"
                        : "a rebuild is going on already; wait until it is done, then ask again"));
    }

    @Override
    public Progress progress() {
        Rebuilding rebuild = rebuilding;
        return new Progress(
                position,
                models.ledger().committedMicros(),
                committed.get(),
                decidedPosition,
                commits.isLateApplying(),
                eventLog.head(),
                eventsFolded.sum(),
                repeatsFolded.sum(),
                queue.leftOut(),
                rebuild == null ? shadows.progress() : Optional.of(rebuild.progress()),
                Optional.ofNullable(failure));
    }

    @Override
    public List<LatestValue> latest() {
        return models.latest().all();
    }

    /** The books as they are now; another object after a rebuild or a failure. */
    public Ledger ledger() {
        return models.ledger();
    }

    /**
     * Has the rows of everything up to the position committed, whatever they would have waited for; false if they are not
     * in time.
     */
    public boolean awaitCommitted(long wanted, Duration timeout) throws InterruptedException {
        return committed.await(wanted, timeout.toNanos());
    }

    private void run() {
        while (!closing) {
            try {
                derive();
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException | Error e) { // the database throws errors too, for a full disk
                failed(e);
                pause();
            }
        }
        finish();
    }

    private void failed(Throwable e) {
        if (failure == null) {
            log.error("Deriving failed and is tried again from the checkpoint: position={}", position, e);
        }
        failure = "position %d: %s".formatted(position + 1, e.getMessage());
        commits.discard();
        failRebuild("the derivation failed and begins again: " + e.getMessage());
        try {
            shadows.giveUp("the derivation failed and begins again: " + e.getMessage(), e);
        } catch (InterruptedException _) {
            closing = true;
        }
        fromCheckpoint = true;
        mayCheckpoint = false;
    }

    /** Twice as long after each failure without progress between. */
    private void pause() {
        boolean progress = committed.get() > committedAtFailure;
        retryNanos = progress ? RETRY_NANOS_MIN : Math.min(RETRY_NANOS_MAX, retryNanos * 2);
        committedAtFailure = committed.get();
        try {
            var _ = stop.await(retryNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            closing = true;
        }
    }

    /** Commits and checkpoints what there is, so that the next start begins here. */
    private void finish() {
        var _ = Thread.interrupted(); // a file channel refuses to write for an interrupted thread
        failRebuild("the store was closed before the rebuild was done; the next start derives everything again");
        try {
            shadows.close("the store was closed before the rebuild was done; what was live stays");
            if (takingOver != null) {
                takingOver.completeExceptionally(new IllegalStateException("the next start takes over"));
            }
            if (mayCheckpoint) {
                commit();
                checkpoint();
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            log.warn("Closing without a checkpoint, the next start derives the tail again: position={}", position, e);
            commits.discard();
        }
    }

    private void failRebuild(String why) {
        rebuilding = null;
        Request open = request.getAndSet(null);
        if (open != null) {
            open.done.completeExceptionally(new IllegalStateException(why));
        }
    }

    private void begin() {
        Optional<Checkpoint> found = readCheckpoint();
        boolean tookOver = publish(found);
        found = found.filter(c -> restored(c.projection()));
        if (found.isEmpty()) {
            parts.projection.restore(null);
            if (eventLog.head() > 0) {
                // They may be of other rules, and would stand among the new ones.
                rows.truncate(RebuildTarget.WINDOWS);
            }
        }
        models = found.map(Checkpoint::models).orElseGet(ReadModels::empty);
        fold = new Fold(models, rows, parts.plain);
        position = found.map(Checkpoint::position).orElse(0L);
        checkpointed = position;
        checkpointDue = nanos.getAsLong();
        committed.set(position);
        decidedPosition = position;
        prepared = null;
        fromCheckpoint = false;
        mayCheckpoint = true;
        tookOver(tookOver);
    }

    private void tookOver(boolean done) {
        CompletableFuture<Long> waiting = takingOver;
        takingOver = null;
        if (waiting != null && done) {
            log.info("What a shadow has derived is live: position={}", position);
            waiting.complete(position);
        } else if (waiting != null) {
            waiting.completeExceptionally(new IllegalStateException("its checkpoint could not be written"));
        }
    }

    /** Ends what a shadow has begun with its checkpoint, or drops what one has left behind that did not come so far. */
    private boolean publish(Optional<Checkpoint> checkpoint) {
        Set<ProjectionTable> tables = checkpoint.map(Checkpoint::publish).orElse(Set.of());
        if (!tables.isEmpty()) {
            rows.publish(tables);
            write(checkpoint.orElseThrow().published());
        }
        rows.unstage();
        return !tables.isEmpty();
    }

    private void write(Checkpoint checkpoint) {
        try {
            Checkpoint.write(checkpointFile, checkpoint.encoded());
        } catch (IOException e) {
            throw new UncheckedIOException("checkpoint %s cannot be written".formatted(checkpointFile), e);
        }
    }

    private Optional<Checkpoint> readCheckpoint() {
        try {
            Optional<Checkpoint> found = Checkpoint.read(checkpointFile, store);
            if (found.isEmpty() && eventLog.head() > 0) {
                log.info("No usable checkpoint, everything is derived again: head={}", eventLog.head());
            }
            return found.filter(c -> c.position() <= eventLog.head());
        } catch (IOException | IllegalArgumentException e) {
            log.warn("The checkpoint cannot be read, everything is derived again: file={}", checkpointFile, e);
            return Optional.empty();
        }
    }

    private boolean restored(byte[] snapshot) {
        try {
            parts.projection.restore(snapshot);
            return true;
        } catch (IllegalArgumentException e) {
            log.info("The projection cannot use its snapshot, everything is derived again: why={}", e.getMessage());
            return false;
        }
    }

    private void derive() throws InterruptedException {
        if (fromCheckpoint) {
            begin();
        }
        catchUp(eventLog.head());
        while (!closing) {
            Request wanted = request.get();
            if (wanted != null) {
                rebuild(wanted);
            }
            shadows.look();
            Shadow shadow = shadows.near();
            if (shadow != null) {
                takeOver(shadow);
            }
            LoggedEntry next = queue.poll(pauseNanos());
            long until = next == null ? queue.leftOutTo() : next.position() - 1;
            if (until > position) {
                catchUp(until);
            }
            if (next != null && next.position() == position + 1) {
                fold(next);
            }
            commitWhenDue();
        }
    }

    private void catchUp(long until) throws InterruptedException {
        try (LogReader reader = eventLog.read(position + 1)) {
            while (position < until && !closing) {
                LoggedEntry entry = reader.next();
                if (entry == null) {
                    return;
                }
                fold(entry);
                commitWhenDue();
            }
        }
    }

    private void fold(LoggedEntry entry) {
        commits.folding(entry);
        Fresh fresh = fold.entry(entry);
        commits.folded(entry, fresh);
        var output = new Collected(rows);
        parts.projection.fold(entry, fresh, output);
        position = entry.position();
        eventsFolded.add(fresh.size());
        repeatsFolded.add(fold.takeRepeats());
        if (position > toldTo) {
            toldTo = position;
            tell(fresh, output);
        }
    }

    private void tell(Fresh fresh, Collected output) {
        try {
            parts.listener.folded(fresh, output.windows(), output.transitions());
        } catch (RuntimeException e) {
            log.warn("A live listener failed and missed an entry: position={}", position, e);
        }
    }

    private long pauseNanos() {
        return commits.waiting() == 0 ? IDLE_NANOS : Math.max(LOOK_AGAIN_NANOS, commits.leftNanos());
    }

    private void commitWhenDue() {
        if (commits.waiting() == 0 && committed.get() < position) {
            committed();
        } else if (committed.isAwaited(position)) {
            commit();
        } else if (commits.commitDue()) {
            committed();
        } else if (commits.isAllButEventsCommitted()) {
            decidedPosition = position;
        }
        if (prepared == null && position > checkpointed && nanos.getAsLong() - checkpointDue >= 0) {
            prepareCheckpoint();
        }
        if (prepared != null && committed.get() >= prepared.position) {
            writeCheckpoint();
        }
    }

    private void commit() {
        commits.commitAll();
        committed();
    }

    private void committed() {
        failure = null;
        if (commits.isAllButEventsCommitted()) {
            decidedPosition = position;
            committed.set(commits.committedTo(position));
        }
    }

    /** Everything must be committed. */
    private void checkpoint() {
        prepareCheckpoint();
        writeCheckpoint();
    }

    private void prepareCheckpoint() {
        long start = nanos.getAsLong();
        try {
            byte[] encoded = new Checkpoint(store, position, models, Set.of(), parts.projection.snapshot()).encoded();
            prepared = new Prepared(position, encoded, nanos.getAsLong() - start);
        } catch (IOException e) {
            noCheckpoint(e);
            checkpointDue = nanos.getAsLong() + CHECKPOINT_NANOS_MIN;
        }
    }

    private void writeCheckpoint() {
        Prepared what = prepared;
        if (what == null) {
            return;
        }
        prepared = null;
        long start = nanos.getAsLong();
        try {
            Checkpoint.write(checkpointFile, what.checkpoint);
            checkpointed = what.position;
        } catch (IOException e) {
            noCheckpoint(e);
        }
        long end = nanos.getAsLong();
        checkpointDue = end + Math.max(CHECKPOINT_NANOS_MIN, CHECKPOINT_TIME_PART * (what.nanos + end - start));
    }

    private void noCheckpoint(IOException why) {
        log.warn("No checkpoint was written, the next start derives more again: file={}", checkpointFile, why);
    }

    /** The shadow's checkpoint is what makes it live: from then on, this goes on as a start would. */
    private void takeOver(Shadow shadow) throws InterruptedException {
        commit();
        long deadline = nanos.getAsLong() + TAKE_OVER_NANOS_MAX;
        if (!shadow.finish(position, () -> closing || nanos.getAsLong() - deadline > 0)) {
            if (!closing && shadow.failure() == null) {
                shadows.giveUp("its last rows were not in their tables in time", null);
            }
            return;
        }
        takingOver = shadow.done();
        shadows.handedOver();
        write(new Checkpoint(store, position, models, shadow.tables(), shadow.snapshot()));
        begin();
    }

    private void rebuild(Request wanted) throws InterruptedException {
        commit();
        long until = position;
        var speed = new Speed(nanos);
        rebuilding = new Rebuilding(wanted.target, until, speed);
        forgetCheckpoint();
        rows.truncate(wanted.target);
        ReadModels fresh = ReadModels.empty();
        var refold = new Refold(
                eventLog,
                rows,
                wanted.target,
                fresh,
                parts.plain,
                models.ledger().retiredMicros(),
                speed);
        if (refold.run(until, () -> closing)) {
            models = fresh;
            fold = new Fold(models, rows, parts.plain);
            mayCheckpoint = true;
            checkpoint();
            rebuilding = null;
            request.set(null);
            wanted.done.complete(until);
        }
    }

    private void forgetCheckpoint() {
        mayCheckpoint = false;
        prepared = null;
        try {
            Files.deleteIfExists(checkpointFile);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "checkpoint %s cannot be deleted, so no rebuild was begun".formatted(checkpointFile), e);
        }
    }

    /**
     * Derives nothing more, commits and writes a checkpoint; waits up to 20 s for that.
     *
     * @return whether the thread has ended, so that what it writes to may be closed
     */
    public boolean closed() {
        closing = true;
        stop.countDown();
        queue.wake();
        boolean ended = joined();
        if (!ended) {
            log.warn("The derivation does not end by itself and is interrupted: position={}", position);
            thread.interrupt();
            ended = joined();
        }
        return ended;
    }

    /** Also when this thread is interrupted: nothing may be closed under the other one. */
    private boolean joined() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + CLOSE_MAX.toNanos();
        boolean ended = !thread.isAlive();
        while (!ended && System.nanoTime() - deadline < 0) {
            try {
                ended = thread.join(Duration.ofNanos(deadline - System.nanoTime()));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return ended;
    }
}
