package io.millrace.store.questdb;

import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogReader;
import io.millrace.store.log.LogUnreadableException;
import io.millrace.store.log.LoggedEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log page by page. Rows stand in the order of positions and positions have no hole, so a position's row is
 * found by counting, without looking at those before it.
 */
final class QuestDbLogReader implements LogReader {
    private static final int PAGE_ENTRIES_MAX = 1_000;
    private static final long PAGE_BYTES_MAX = 8L * 1024 * 1024;
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final QuestDbServer server;
    private final EventLog log;
    private final Deque<LoggedEntry> page = new ArrayDeque<>();
    private long next;
    private long firstPosition;

    QuestDbLogReader(QuestDbServer server, EventLog log, long fromPosition) {
        if (fromPosition < 1) {
            throw new IllegalArgumentException(
                    "log is read from position %d, expected 1 or more".formatted(fromPosition));
        }
        this.server = server;
        this.log = log;
        this.next = fromPosition;
    }

    @Override
    public @Nullable LoggedEntry next() throws InterruptedException {
        if (page.isEmpty() && log.head() >= next) {
            awaitPage();
        }
        LoggedEntry entry = page.poll();
        if (entry == null) {
            return null;
        }
        if (entry.position() != next) {
            throw new LogUnreadableException(
                    ("log holds position %d where %d was expected: an entry is lost or was changed by hand."
                                    + " What comes after cannot be trusted. Restore the data folder from a backup")
                            .formatted(entry.position(), next));
        }
        next++;
        return entry;
    }

    private void awaitPage() throws InterruptedException {
        long deadline = System.nanoTime() + WAIT_NANOS_MAX;
        readPage();
        while (page.isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw new LogUnreadableException(
                        ("log position %d is committed and not visible after %d s: QuestDB does not apply what is"
                                        + " committed. See its log file; a full disk is the usual reason")
                                .formatted(next, TimeUnit.NANOSECONDS.toSeconds(WAIT_NANOS_MAX)));
            }
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("while reading the log");
            }
            readPage();
        }
    }

    private void readPage() {
        if (firstPosition == 0) {
            firstPosition = firstPosition();
        }
        if (firstPosition == 0) {
            return;
        }
        long row = next - firstPosition;
        if (row < 0) {
            throw new LogUnreadableException("log begins at position %d, %d was asked for: it is not kept any more"
                    .formatted(firstPosition, next));
        }
        String select = "SELECT * FROM log LIMIT %d, %d".formatted(row, row + PAGE_ENTRIES_MAX);
        long bytes = 0;
        try (var cursor = new QuestDbCursor(server, select, List.of())) {
            while (bytes < PAGE_BYTES_MAX && cursor.next()) {
                LoggedEntry entry = LogTable.read(cursor.record());
                bytes += entry.entry().payload().length;
                page.add(entry);
            }
        }
    }

    private long firstPosition() {
        try (var cursor = new QuestDbCursor(server, "SELECT position FROM log LIMIT 1", List.of())) {
            return cursor.next() ? cursor.row().integer(0) : 0;
        }
    }

    @Override
    public void close() {
        page.clear();
    }
}
