package io.millrace.store.questdb;

import io.questdb.cairo.CairoEngine;
import io.questdb.cairo.TableReader;
import io.questdb.cairo.TableToken;
import io.questdb.cairo.TableWriter;
import io.questdb.cairo.wal.WalWriter;
import io.questdb.cairo.wal.seq.SeqTxnTracker;
import io.questdb.griffin.SqlException;
import io.questdb.std.Misc;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One table: its writer, and how far readers are behind it. QuestDB commits to a write-ahead log and applies that to
 * the table later, on threads of its own. Written by one thread; figures may be read by any.
 */
final class WalTable implements AutoCloseable {
    private final CairoEngine engine;
    private volatile TableToken token;
    private final List<String> columns;
    private final Unapplied unapplied;

    private @Nullable WalWriter writer;
    private long pending;

    WalTable(CairoEngine engine, String name, List<String> columns) {
        this(engine, engine.verifyTableName(name), columns, new Unapplied());
    }

    private WalTable(CairoEngine engine, TableToken token, List<String> columns, Unapplied unapplied) {
        this.engine = engine;
        this.token = token;
        this.columns = columns;
        this.unapplied = unapplied;
    }

    /** The same table, for rows that are committed apart from the others; both have the same figures. */
    WalTable withAnotherWriter() {
        return new WalTable(engine, token, columns, unapplied);
    }

    String name() {
        return token.getTableName();
    }

    /** A new row; columns are numbered as given to the constructor, the first one being the time. */
    TableWriter.Row row(long timeMicros) {
        WalWriter w = writer == null ? open() : writer;
        pending++;
        return w.newRow(timeMicros);
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
        writer = w;
        return w;
    }

    long pending() {
        return pending;
    }

    void commit() {
        if (pending > 0 && writer != null) {
            writer.commit();
            unapplied.committed(lastTransaction(), pending);
            pending = 0;
        }
    }

    /**
     * Gives its writer up and everything that it has not committed with it. Its files are not written to again: after a
     * failed write or sync nobody knows what they hold.
     */
    void discard() {
        WalWriter w = writer;
        writer = null;
        pending = 0;
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
        open().truncateSoft();
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

    /** The same of what is committed by now. */
    BooleanSupplier applied() {
        SeqTxnTracker tracker = engine.getTableSequencerAPI().getTxnTracker(token);
        long committed = tracker.getSeqTxn();
        return () -> tracker.getWriterTxn() >= committed;
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
        unapplied.applied(applied);
        return new TableFigures(
                name(),
                Math.max(0, lastTransaction() - applied),
                unapplied.rows(),
                unapplied.behindMillis(),
                isSuspended(),
                unapplied.rowsCommitted());
    }

    @Override
    public void close() {
        writer = Misc.free(writer);
    }
}
