package io.millrace.agent.spool;

import io.millrace.agent.spool.LaneLog.OpenSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slow side of a lane: forces what was written, records receipts, and deletes what they cover, all outside the lane's
 * lock, so that appends go on meanwhile. A segment goes only once a later one, with all states and gaps, is on disk.
 */
final class LaneSync {
    private static final Logger log = LoggerFactory.getLogger(LaneSync.class);
    private static final Duration RECORD_RETRY = Duration.ofSeconds(1);

    private final SpoolEnvironment environment;
    private final LaneLock lock;
    private final LaneLog files;
    private final LaneWriter writer;
    private final Map<Long, Epoch> epochs;
    private final SpoolCounters counters;
    private final SettledFile settledFile;

    /** Lets one thread at a time in; taken before the lane's lock. */
    private final ReentrantLock turn = new ReentrantLock();

    private Position forced = Position.START;
    private long recordRetryAtNanos;

    /** Guarded by the lane's lock. */
    private boolean settledChanged = true;

    LaneSync(
            SpoolEnvironment environment,
            Path directory,
            LaneLock lock,
            LaneLog files,
            LaneWriter writer,
            Map<Long, Epoch> epochs,
            SpoolCounters counters) {
        this.environment = environment;
        this.lock = lock;
        this.files = files;
        this.writer = writer;
        this.epochs = epochs;
        this.counters = counters;
        this.settledFile = new SettledFile(environment.disk(), directory);
        this.recordRetryAtNanos = environment.nanoTime().getAsLong();
    }

    /** Takes note that receipts came; with the lane's lock held. */
    void settledChanged() {
        settledChanged = true;
    }

    private record Unforced(boolean written, List<OpenSegment> ended, LaneLog.Tail tail) {}

    /**
     * Forces what was appended so far to the disk; blocks while it does.
     *
     * @return whether that worked
     */
    boolean sync() {
        turn.lock();
        try {
            Unforced todo = lock.get(() -> {
                boolean written = writer.write();
                return new Unforced(written, files.takeRetired(), files.tail());
            });
            seal(todo.ended);
            OpenSegment current = todo.tail.segment();
            return current != null && force(current, todo.tail.end()) && todo.written;
        } finally {
            turn.unlock();
        }
    }

    private void seal(List<OpenSegment> ended) {
        if (ended.isEmpty()) {
            return;
        }
        try {
            files.forceDirectory();
            ended.forEach(this::seal);
        } catch (IOException e) {
            ended.forEach(segment -> forceFailed(segment, e));
        }
    }

    private void seal(OpenSegment ended) {
        try {
            files.seal(ended, false);
            lock.run(ended.segment()::setDurable);
        } catch (IOException e) {
            forceFailed(ended, e);
        }
    }

    private boolean force(OpenSegment current, Position end) {
        if (end.equals(forced)) {
            return true;
        }
        try {
            current.file().force();
            if (!current.segment().isDurable()) {
                files.forceDirectory();
            }
            forced = end;
            lock.run(current.segment()::setDurable);
            return true;
        } catch (IOException e) {
            forceFailed(current, e);
            return false;
        }
    }

    /** A force that failed is never tried again: the kernel may have thrown the pages away, and say that all is well. */
    private void forceFailed(OpenSegment segment, IOException e) {
        log.error(
                "Spool could not force a file to disk, goes on in a new one; a power cut now could lose events:"
                        + " file={} cause={}",
                files.pathOf(segment.segment().index()),
                e.toString());
        lock.run(() -> {
            counters.forcesFailed++;
            files.abandon(segment);
            writer.write();
        });
    }

    /** Records what receipts have settled, then deletes the segments that hold nothing else. */
    void reclaim() {
        turn.lock();
        try {
            long now = environment.nanoTime().getAsLong();
            if (!lock.get(() -> settledChanged) || now - recordRetryAtNanos < 0) {
                return;
            }
            sync();
            record(now);
            lock.run(this::deleteSettled);
        } finally {
            turn.unlock();
        }
    }

    private void record(long now) {
        byte[] record = lock.get(() -> {
            settledChanged = false;
            return SettledFile.encode(epochs.values());
        });
        try {
            settledFile.write(record);
        } catch (IOException e) {
            log.warn(
                    "Spool cannot record receipts, events may be sent again after a restart: folder={} cause={}",
                    files.directory(),
                    e.toString());
            recordRetryAtNanos = now + RECORD_RETRY.toNanos();
            lock.run(this::settledChanged);
        }
    }

    private void deleteSettled() {
        List<Segment> all = files.segments();
        int newestDurable = all.size() - 1;
        while (newestDurable > 0 && !all.get(newestDurable).isDurable()) {
            newestDurable--;
        }
        for (Segment segment : all.subList(0, Math.max(0, newestDurable))) {
            Epoch epoch = epochs.get(segment.epoch());
            if (epoch == null || epoch.isSettled(segment.first(), segment.last())) {
                delete(segment);
            }
        }
    }

    private void delete(Segment segment) {
        try {
            files.remove(segment);
        } catch (IOException e) {
            log.warn(
                    "Spool cannot delete a segment that is settled: file={} cause={}",
                    files.pathOf(segment.index()),
                    e.toString());
        }
    }

    /** Forces all and vouches for it by a last block; nothing may be appended any more. */
    void close() {
        turn.lock();
        try {
            boolean safe = sync();
            reclaim();
            lock.run(() -> {
                if (safe && writer.isEmpty()) {
                    sealCleanly(files.tail().segment());
                }
                files.closeFiles();
            });
        } finally {
            turn.unlock();
        }
    }

    private void sealCleanly(@Nullable OpenSegment current) {
        if (current == null) {
            return;
        }
        try {
            files.seal(current, true);
        } catch (IOException e) {
            log.warn(
                    "Spool could not be closed cleanly, the next start looks closer: folder={} cause={}",
                    files.directory(),
                    e.toString());
        }
    }
}
