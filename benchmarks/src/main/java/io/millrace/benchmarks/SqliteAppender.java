package io.millrace.benchmarks;

import io.millrace.model.Event;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The spool that a careful user would write: SQLite with write-ahead log, {@code synchronous=FULL}, one prepared
 * statement, one transaction per {@link #SYNC}. As slim as it can be: series are numbers here, and a text is all the
 * value there is.
 */
final class SqliteAppender implements DurableAppender {
    private final Connection connection;
    private final PreparedStatement insert;
    private final Map<Series, Integer> idBySeries = new HashMap<>();
    private long committedAtNanos = System.nanoTime();

    SqliteAppender(Path folder) throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("spool.db"));
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA synchronous=FULL");
            statement.execute("CREATE TABLE events (sequence INTEGER PRIMARY KEY, series INTEGER, time INTEGER,"
                    + " quality INTEGER, value TEXT)");
        }
        connection.setAutoCommit(false);
        insert = connection.prepareStatement("INSERT INTO events (series, time, quality, value) VALUES (?, ?, ?, ?)");
    }

    @Override
    public void append(List<Event> events) throws SQLException {
        for (Event event : events) {
            insert.setInt(1, idBySeries.computeIfAbsent(event.series(), _ -> idBySeries.size()));
            insert.setLong(2, event.timeMicros());
            insert.setInt(3, event.quality().code());
            insert.setString(4, ((Value.Text) event.value()).text());
            insert.executeUpdate();
        }
        if (System.nanoTime() - committedAtNanos >= SYNC.toNanos()) {
            connection.commit();
            committedAtNanos = System.nanoTime();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.commit();
        connection.close();
    }
}
