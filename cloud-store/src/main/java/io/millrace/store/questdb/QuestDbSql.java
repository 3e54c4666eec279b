package io.millrace.store.questdb;

import io.millrace.store.sql.RowReader;
import io.millrace.store.sql.Sql;
import io.millrace.store.sql.SqlFailedException;
import io.questdb.cairo.sql.TableReferenceOutOfDateException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Queries inside the process, without a connection between. */
public final class QuestDbSql implements Sql, AutoCloseable {
    private static final int CLOSE_SECONDS_MAX = 5;
    private static final int ATTEMPTS_MAX = 50;
    private static final long RETRY_MILLIS = 10;

    private final QuestDbServer server;
    private final Semaphore turns = new Semaphore(CONCURRENT_MAX, true);
    private volatile boolean closed;

    public QuestDbSql(QuestDbServer server) {
        this.server = server;
    }

    @Override
    public long query(String select, List<Object> binds, long rowsMax, RowReader reader) throws InterruptedException {
        turns.acquire();
        try (QuestDbCursor cursor = open(select, binds)) {
            long rows = 0;
            while (!closed && rows < rowsMax && cursor.next()) {
                reader.row(cursor.row());
                rows++;
            }
            if (closed) {
                throw closedWhile(select);
            }
            return rows;
        } finally {
            turns.release();
        }
    }

    /** A table of ours that is not there is being put in the place of another one, which takes some milliseconds. */
    private QuestDbCursor open(String select, List<Object> binds) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return new QuestDbCursor(server, select, binds);
            } catch (SqlFailedException e) {
                if (attempt >= ATTEMPTS_MAX || !isBeingReplaced(e)) {
                    throw e;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    private static boolean isBeingReplaced(SqlFailedException e) {
        return e.getCause() instanceof TableReferenceOutOfDateException
                || (e.getMessage() != null && e.getMessage().contains("table does not exist"));
    }

    private static SqlFailedException closedWhile(String select) {
        return new SqlFailedException(
                "query '%s' failed: the store is closed".formatted(select), new IllegalStateException("closed"));
    }

    /** Ends what runs, at its next row. */
    @Override
    public void close() {
        closed = true;
        try {
            var _ = turns.tryAcquire(CONCURRENT_MAX, CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
