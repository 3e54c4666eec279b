package io.millrace.store.questdb;

import io.millrace.model.wire.Durability;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LogReader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The log as a table. Positions stay gapless and are never given twice: after a failed commit nobody knows whether it
 * took place, so the head is then found in the table again, as at start.
 */
public final class QuestDbLog implements EventLog, AutoCloseable {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final long FIND_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final QuestDbServer server;
    private final WalTable table;
    private final InstantSource clock;
    private final Durability durability;

    private volatile long head;
    private long headMicros;
    private boolean headKnown;
    private boolean closed;

    public QuestDbLog(QuestDbTables tables, InstantSource clock, Durability durability) {
        this.server = tables.server();
        this.table = tables.log();
        this.clock = clock;
        this.durability = durability;
    }

    /** Finds the head; waits until what was committed by the process before is visible, up to the timeout. */
    public boolean open(Duration timeout) throws InterruptedException {
        return findHead(timeout.toNanos());
    }

    @Override
    public synchronized AppendResult append(List<LogEntry> entries) throws InterruptedException {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("there is no entry to append, expected at least one");
        }
        if (closed) {
            return unavailable("the log is closed");
        }
        try {
            if (!headKnown && !findHead(FIND_NANOS_MAX)) {
                return unavailable("what was committed to the log is not visible yet");
            }
            return commit(entries);
        } catch (RuntimeException | Error e) {
            if (!QuestDbServer.isStorageFailure(e)) {
                throw e;
            }
            headKnown = false;
            table.discard();
            return unavailable("the log cannot be written: " + QuestDbServer.reason(e));
        }
    }

    private AppendResult commit(List<LogEntry> entries) {
        long first = head + 1;
        long micros = Math.max(micros(), headMicros + 1);
        long position = head;
        for (LogEntry entry : entries) {
            LogTable.write(table.row(micros), ++position, entry);
        }
        table.commit();
        headMicros = micros;
        head = position;
        return new AppendResult.Logged(first, micros, durability);
    }

    private long micros() {
        var now = clock.instant();
        return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(now.getNano());
    }

    private boolean findHead(long timeoutNanos) throws InterruptedException {
        if (!table.awaitApplied(table.lastTransaction(), timeoutNanos)) {
            return false;
        }
        long[] last = new long[2];
        try (var cursor = new QuestDbCursor(server, "SELECT position, ts FROM log LIMIT -1", List.of())) {
            if (cursor.next()) {
                last[0] = cursor.row().integer(0);
                last[1] = cursor.row().micros(1);
            }
        }
        head = last[0];
        headMicros = last[1];
        headKnown = true;
        return true;
    }

    private static AppendResult unavailable(String reason) {
        return new AppendResult.Unavailable(reason, RETRY_AFTER);
    }

    @Override
    public long head() {
        return head;
    }

    @Override
    public LogReader read(long fromPosition) {
        return new QuestDbLogReader(server, this, fromPosition);
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
