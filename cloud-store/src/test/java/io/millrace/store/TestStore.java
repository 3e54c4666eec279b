package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.wire.Durability;
import io.millrace.store.audit.AuditFilter;
import io.millrace.store.audit.AuditReport;
import io.millrace.store.audit.AuditResult;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.derive.Projection;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.sql.Row;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Function;

/** A real store for tests, and what they do with it. */
final class TestStore implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Path data;
    private final Store store;

    private TestStore(Path data, Store store) {
        this.data = data;
        this.store = store;
    }

    static TestStore open(Path data) throws Exception {
        return open(data, Projection.none(), LiveListener.none());
    }

    static TestStore open(Path data, Projection projection, LiveListener listener) throws Exception {
        var config = new StoreConfig(data, 0, Durability.OS);
        return new TestStore(data, Store.open(config, InstantSource.system(), Sent::decodePlain, projection, listener));
    }

    Store store() {
        return store;
    }

    /** Appends in one commit and offers to the derivation, as the gateway does. */
    long append(LogEntry... entries) throws InterruptedException {
        var result = store.log().append(List.of(entries));
        assertThat(result).isInstanceOf(AppendResult.Logged.class);
        var logged = (AppendResult.Logged) result;
        var offered = new ArrayList<LoggedEntry>();
        for (int i = 0; i < entries.length; i++) {
            offered.add(new LoggedEntry(logged.firstPosition() + i, logged.committedMicros(), entries[i], null));
        }
        store.derivation().offer(offered);
        return logged.firstPosition();
    }

    /** Waits until all that was appended can be read. */
    TestStore settle() throws InterruptedException {
        assertThat(store.awaitVisible(LONG)).as("visible in time").isTrue();
        return this;
    }

    List<String> query(String select, Object... binds) throws InterruptedException {
        return query(select, TestStore::line, binds);
    }

    <T> List<T> query(String select, Function<Row, T> reader, Object... binds) throws InterruptedException {
        var rows = new ArrayList<T>();
        store.sql().query(select, List.of(binds), 1_000_000, row -> rows.add(reader.apply(row)));
        return rows;
    }

    private static String line(Row row) {
        return row.textOrEmpty(0);
    }

    /** All rows of the tables as text, to compare. */
    List<String> dump(String... tables) throws Exception {
        settle();
        var lines = new ArrayList<String>();
        try (var connection = DriverManager.getConnection(jdbcUrl(), login("pgpass", "millrace"));
                var statement = connection.createStatement()) {
            for (String table : tables) {
                var rows = statement.executeQuery("SELECT * FROM " + table);
                int columns = rows.getMetaData().getColumnCount();
                var tableLines = new ArrayList<String>();
                while (rows.next()) {
                    var line = new StringBuilder(table);
                    for (int c = 1; c <= columns; c++) {
                        byte[] bytes = rows.getBytes(c);
                        line.append('|')
                                .append(
                                        bytes == null
                                                ? "null"
                                                : new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1));
                    }
                    tableLines.add(line.toString());
                }
                tableLines.sort(null);
                lines.addAll(tableLines);
            }
        }
        return lines;
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:%d/qdb?sslmode=disable".formatted(store.sqlPort());
    }

    Properties login(String passwordFile, String user) throws Exception {
        String line = java.nio.file.Files.readString(data.resolve(passwordFile)).strip();
        var login = new Properties();
        login.setProperty("user", user);
        login.setProperty("password", line.substring(line.lastIndexOf(':') + 1));
        return login;
    }

    /** Changes tables by hand, as their administrator. */
    void byHand(String... statements) throws Exception {
        try (var connection = DriverManager.getConnection(jdbcUrl(), login("store/admin.pgpass", "admin"));
                var statement = connection.createStatement()) {
            for (String s : statements) {
                statement.execute(s);
                settle();
            }
        } catch (SQLException e) {
            throw new AssertionError("by hand: " + e.getMessage(), e);
        }
    }

    AuditReport audit() throws InterruptedException {
        return audit(AuditFilter.ALL);
    }

    AuditReport audit(AuditFilter filter) throws InterruptedException {
        AuditResult result = store.audit().run(filter);
        assertThat(result).isInstanceOf(AuditResult.Done.class);
        return ((AuditResult.Done) result).report();
    }

    @Override
    public void close() {
        store.close();
    }
}
