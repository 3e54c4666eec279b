package io.millrace.store.questdb;

import io.millrace.store.derive.RebuildTarget;
import io.questdb.griffin.SqlException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The tables of one store. */
public final class QuestDbTables implements AutoCloseable {
    private final QuestDbServer server;
    private final WalTable log;
    private final WalTable events;
    private final WalTable gaps;
    private final WalTable deadLetters;
    private final WalTable windows;
    private final WalTable transitions;

    public QuestDbTables(QuestDbServer server) {
        this.server = server;
        log = new WalTable(server.engine(), LogTable.NAME, LogTable.COLUMNS);
        events = new WalTable(server.engine(), "events", QuestDbRows.EVENTS);
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

    List<WalTable> all() {
        return List.of(log, events, gaps, deadLetters, windows, transitions);
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
        try {
            server.engine().execute("ALTER TABLE events DROP PARTITION WHERE ts < '" + floor.getFirst() + "'");
        } catch (SqlException e) {
            throw new IllegalStateException(
                    "partitions of events before %s cannot be dropped: %s".formatted(floor.getFirst(), e.getMessage()),
                    e);
        }
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
        return all().stream()
                .filter(WalTable::isSuspended)
                .peek(WalTable::resume)
                .map(WalTable::name)
                .toList();
    }

    @Override
    public void close() {
        all().forEach(WalTable::close);
    }
}
