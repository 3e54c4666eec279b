package io.millrace.store.questdb;

import io.millrace.store.derive.ProjectionTable;
import io.millrace.store.derive.RebuildTarget;
import io.questdb.griffin.SqlException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The tables of one store. */
public final class QuestDbTables implements AutoCloseable {
    /** After the name of a table: the one that a shadow fills. */
    private static final String STAGED = "_next";

    /** QuestDB's files of names. */
    private static final String NAMES = "tables.d*";

    private static final long COLUMNS_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private final QuestDbServer server;
    private final WalTable log;
    private final WalTable events;
    private final WalTable lateEvents;
    private final WalTable gaps;
    private final WalTable deadLetters;
    private final WalTable windows;
    private final WalTable transitions;

    /** Those that a shadow fills. */
    private final Map<ProjectionTable, WalTable> staged = new ConcurrentHashMap<>();

    /**
     * @throws IllegalStateException if QuestDB refuses to end what a crash has interrupted
     */
    public QuestDbTables(QuestDbServer server) {
        this.server = server;
        restage();
        log = new WalTable(server.engine(), LogTable.NAME, LogTable.COLUMNS);
        events = new WalTable(server.engine(), "events", QuestDbRows.EVENTS);
        lateEvents = events.withAnotherWriter();
        gaps = new WalTable(server.engine(), "gaps", QuestDbRows.GAPS);
        deadLetters = new WalTable(server.engine(), "dead_letters", QuestDbRows.DEAD_LETTERS);
        windows = new WalTable(server.engine(), "windows", QuestDbRows.WINDOWS);
        transitions = new WalTable(server.engine(), "alert_transitions", QuestDbRows.TRANSITIONS);
    }

    QuestDbServer server() {
        return server;
    }

    WalTable log() {
        return log;
    }

    WalTable events() {
        return events;
    }

    /** The same table, by a writer that commits by itself. */
    WalTable lateEvents() {
        return lateEvents;
    }

    WalTable gaps() {
        return gaps;
    }

    WalTable deadLetters() {
        return deadLetters;
    }

    WalTable windows() {
        return windows;
    }

    WalTable transitions() {
        return transitions;
    }

    /** Those that people read. */
    List<WalTable> all() {
        return List.of(log, events, gaps, deadLetters, windows, transitions);
    }

    /** With those that a shadow fills: how far these are behind slows nobody down. */
    private List<WalTable> allAndStaged() {
        var tables = new ArrayList<>(all());
        tables.addAll(staged.values());
        return tables;
    }

    private WalTable of(ProjectionTable table) {
        return switch (table) {
            case WINDOWS -> windows;
            case ALERT_TRANSITIONS -> transitions;
        };
    }

    private static List<String> columns(ProjectionTable table) {
        return switch (table) {
            case WINDOWS -> QuestDbRows.WINDOWS;
            case ALERT_TRANSITIONS -> QuestDbRows.TRANSITIONS;
        };
    }

    /**
     * Finds what is staged from before. Where a crash came between the two steps of {@link #publish} there is a staged
     * table and none that it could be beside: it takes the place.
     */
    private void restage() {
        for (ProjectionTable table : ProjectionTable.values()) {
            if (exists(table.label() + STAGED)) {
                if (exists(table.label())) {
                    staged.put(table, stagedTable(table));
                } else {
                    execute("RENAME TABLE %s%s TO %s".formatted(table.label(), STAGED, table.label()));
                }
            }
        }
    }

    private boolean exists(String table) {
        return server.engine().getTableTokenIfExists(table) != null;
    }

    private WalTable stagedTable(ProjectionTable table) {
        return new WalTable(server.engine(), table.label() + STAGED, columns(table));
    }

    /** Makes an empty table beside the present one, with the same columns and keys. */
    WalTable stage(ProjectionTable table) {
        awaitColumns(of(table));
        execute("CREATE TABLE %s%s (LIKE %s)".formatted(table.label(), STAGED, table.label()));
        WalTable made = stagedTable(table);
        staged.put(table, made);
        return made;
    }

    /** A column that a migration has just added is there once it is applied. */
    private static void awaitColumns(WalTable table) {
        try {
            if (!table.awaitApplied(table.lastTransaction(), COLUMNS_NANOS_MAX)) {
                throw new IllegalStateException(
                        "table %s is too far behind what is committed to it, so none was made beside it"
                                .formatted(table.name()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for table " + table.name(), e);
        }
    }

    /**
     * Puts the staged tables in the place of the present ones; one that is not staged is left alone.
     *
     * @throws UncheckedIOException if it is not sure that a power cut would leave it so
     */
    void publish(Set<ProjectionTable> tables) {
        for (ProjectionTable table : tables) {
            WalTable next = staged.remove(table);
            if (next != null) {
                of(table).replaceBy(next);
            }
        }
        syncNames();
    }

    /** QuestDB writes down which table has which name, and does not flush it. */
    private void syncNames() {
        Path root = Path.of(server.engine().getConfiguration().getDbRoot());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root, NAMES)) {
            for (Path file : files) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("names of tables in %s cannot be flushed to the disk".formatted(root), e);
        }
    }

    /** Drops what is staged. */
    void unstage() {
        for (ProjectionTable table : ProjectionTable.values()) {
            WalTable left = staged.remove(table);
            if (left != null) {
                left.drop();
            }
        }
    }

    private void execute(String statement) {
        try {
            server.engine().execute(statement);
        } catch (SqlException e) {
            throw new IllegalStateException("QuestDB refuses '%s': %s".formatted(statement, e.getMessage()), e);
        }
    }

    List<WalTable> readModels() {
        return List.of(events, gaps, deadLetters, windows, transitions);
    }

    List<WalTable> of(RebuildTarget target) {
        return switch (target) {
            case EVENTS -> List.of(events);
            case LEDGER -> List.of(gaps, deadLetters);
            case WINDOWS -> List.of(windows, transitions);
        };
    }

    /**
     * Drops the partitions of {@code events} that end before that time; false if there is none.
     *
     * @param floorMicros start of a day, microseconds since 1970
     * @throws IllegalStateException if QuestDB refuses
     */
    public boolean dropEvents(long floorMicros) {
        var floor = List.<Object>of(Instant.EPOCH.plus(floorMicros, ChronoUnit.MICROS));
        try (var cursor = new QuestDbCursor(server, "SELECT ts FROM events WHERE ts < $1 LIMIT 1", floor)) {
            if (!cursor.next()) {
                return false;
            }
        }
        execute("ALTER TABLE events DROP PARTITION WHERE ts < '" + floor.getFirst() + "'");
        return true;
    }

    /** Waits until readers see all rows that are committed now; false if not in time. */
    public boolean awaitApplied(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        for (WalTable table : all()) {
            if (!table.awaitApplied(table.lastTransaction(), deadline - System.nanoTime())) {
                return false;
            }
        }
        return true;
    }

    /** How far each table's readers are behind; cheap. */
    public List<TableFigures> figures() {
        return all().stream().map(WalTable::figures).toList();
    }

    /** Makes QuestDB go on with tables that it gave up on; returns their names. */
    public List<String> resumeSuspended() {
        return allAndStaged().stream()
                .filter(WalTable::isSuspended)
                .peek(WalTable::resume)
                .map(WalTable::name)
                .toList();
    }

    @Override
    public void close() {
        allAndStaged().forEach(WalTable::close);
        lateEvents.close();
    }
}
