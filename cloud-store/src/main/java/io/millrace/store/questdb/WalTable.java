package io.millrace.store.questdb;

import io.questdb.cairo.CairoEngine;
import io.questdb.cairo.TableReader;
import io.questdb.cairo.TableToken;
import io.questdb.cairo.TableWriter;
import io.questdb.cairo.wal.WalWriter;
import io.questdb.cairo.wal.seq.SeqTxnTracker;
import io.questdb.griffin.SqlException;
import io.questdb.std.Misc;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One table: its writer, and how far readers are behind it. QuestDB commits to a write-ahead log and applies that to
 * the table later, on threads of its own. Written by one thread; figures may be read by any.
 */
final class WalTable implements AutoCloseable {
    /** Commits remembered for {@link #figures}; beyond that the newest two count as one. */
    private static final int COMMITS_MAX = 10_000;

    private final CairoEngine engine;
    private volatile TableToken token;
    private final List<String> columns;
    private final Deque<Commit> unapplied = new ArrayDeque<>();

    /** What is committed next, and the rows that are held back. */
    private Part next = new Part();

    private Part later = new Part();

    private long upToMicros = Long.MAX_VALUE;
    private long rowsCommitted;

    private record Commit(long transaction, long rows, long nanos) {}

    WalTable(CairoEngine engine, String name, List<String> columns) {
        this.engine = engine;
        this.token = engine.verifyTableName(name);
        this.columns = columns;
    }

    String name() {
        return token.getTableName();
    }

    /** Rows that are committed together, and their writer, once there is any. */
    private final class Part {
        private @Nullable WalWriter writer;
        private long rows;

        TableWriter.Row row(long timeMicros) {
            WalWriter w = writer;
            if (w == null) {
                w = open();
                writer = w;
            }
            rows++;
            return w.newRow(timeMicros);
        }

        void commit() {
            if (rows > 0 && writer != null) {
                writer.commit();
                committed(rows);
                rows = 0;
            }
        }

        void discard() {
            WalWriter w = writer;
            writer = null;
            rows = 0;
            if (w == null) {
                return;
            }
            try (w) {
                w.rollback();
                w.rollSegment();
            } catch (RuntimeException | Error e) {
                if (!QuestDbServer.isStorageFailure(e)) {
                    throw e;
                }
            }
        }

        void close() {
            writer = Misc.free(writer);
        }
    }

    /** A new row; columns are numbered as given to the constructor, the first one being the time. */
    TableWriter.Row row(long timeMicros) {
        return (timeMicros > upToMicros ? later : next).row(timeMicros);
    }

    private WalWriter open() {
        WalWriter w = engine.getWalWriter(token);
        for (int i = 0; i < columns.size(); i++) {
            if (w.getMetadata().getColumnIndexQuiet(columns.get(i)) != i) {
                w.close();
                throw new IllegalStateException("table %s has no column %s at place %d: its migration is wrong"
                        .formatted(name(), columns.get(i), i));
            }
        }
        return w;
    }

    long pending() {
        return next.rows + later.rows;
    }

    void commit() {
        next.commit();
        later.commit();
        upToMicros = Long.MAX_VALUE;
    }

    /** Commits all but the rows that are later than the last call said; these are what is committed next. */
    void commitUpTo(long nextMicros) {
        next.commit();
        Part free = next;
        next = later;
        later = free;
        upToMicros = nextMicros;
    }

    private synchronized void committed(long rows) {
        rowsCommitted += rows;
        long nanos = System.nanoTime();
        long together = rows;
        if (unapplied.size() >= COMMITS_MAX) {
            Commit last = unapplied.removeLast();
            nanos = last.nanos;
            together += last.rows;
        }
        unapplied.addLast(new Commit(lastTransaction(), together, nanos));
    }

    /**
     * Gives its writers up and everything that they have not committed with them. Their files are not written to again:
     * after a failed write or sync nobody knows what they hold.
     */
    void discard() {
        upToMicros = Long.MAX_VALUE;
        try {
            next.discard();
        } finally {
            later.discard();
        }
    }

    /** Drops it, and what is left of it is removed later; readers that have begun go on. */
    synchronized void drop() {
        close();
        execute("DROP TABLE " + name());
        unapplied.clear();
    }

    /**
     * Puts another table in the place of this one, which is dropped. For some milliseconds between the two there is none
     * of this name; a crash there is made up for by {@link QuestDbTables}.
     */
    synchronized void replaceBy(WalTable next) {
        String name = name();
        next.close();
        drop();
        execute("RENAME TABLE %s TO %s".formatted(next.name(), name));
        token = engine.verifyTableName(name);
    }

    private void execute(String statement) {
        try {
            engine.execute(statement);
        } catch (SqlException e) {
            throw new IllegalStateException("QuestDB refuses '%s': %s".formatted(statement, e.getMessage()), e);
        }
    }

    /** Removes all rows, after what was committed so far; symbols stay. */
    void truncate() {
        discard();
        WalWriter w = open();
        next.writer = w;
        w.truncateSoft();
    }

    synchronized long lastTransaction() {
        return engine.getTableSequencerAPI().lastTxn(token);
    }

    /** The last transaction that readers see. */
    synchronized long appliedTransaction() {
        try (TableReader reader = engine.getReader(token)) {
            return reader.getSeqTxn();
        }
    }

    /** Whether what is committed is applied, as far as the engine's memory knows; opens no reader. */
    boolean isApplied() {
        SeqTxnTracker tracker = engine.getTableSequencerAPI().getTxnTracker(token);
        return tracker.getWriterTxn() >= tracker.getSeqTxn();
    }

    boolean isSuspended() {
        return engine.getTableSequencerAPI().isSuspended(token);
    }

    /** Makes QuestDB go on with the first transaction that is not applied; none is skipped. */
    void resume() {
        engine.getTableSequencerAPI().resumeTable(token, -1);
    }

    /**
     * Waits until readers see everything up to the transaction; false if they do not in time. A commit that failed
     * after its transaction was written down is never announced to those who apply, so this does it for them.
     */
    boolean awaitApplied(long transaction, long timeoutNanos) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        if (appliedTransaction() < transaction) {
            engine.notifyWalTxnCommitted(token);
        }
        while (appliedTransaction() < transaction) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            if (Thread.interrupted()) {
                throw new InterruptedException("while waiting for table " + name());
            }
        }
        return true;
    }

    synchronized TableFigures figures() {
        long applied = appliedTransaction();
        while (!unapplied.isEmpty() && unapplied.getFirst().transaction <= applied) {
            unapplied.removeFirst();
        }
        long rows = unapplied.stream().mapToLong(Commit::rows).sum();
        long millis =
                unapplied.isEmpty() ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - unapplied.getFirst().nanos);
        return new TableFigures(
                name(), Math.max(0, lastTransaction() - applied), rows, millis, isSuspended(), rowsCommitted);
    }

    @Override
    public void close() {
        next.close();
        later.close();
    }
}
