package io.millrace.store.questdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.wire.Durability;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.LogEntry;
import io.questdb.cairo.ErrorTag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** QuestDB gives up applying to a table, as it does when its disk is full: nothing that was committed is skipped. */
class SuspensionTest {
    private static final int ENTRIES = 20;
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path root;

    @Test
    void aSuspendedTableTakesEntriesAndShowsThemAllOnceItIsResumed() throws Exception {
        Files.createDirectories(root.resolve("conf"));
        try (QuestDbServer server = QuestDbServer.start(
                        root, root.resolve("log"), 0, new SqlPasswords("reader", "admin"), Durability.OS);
                var tables = migrated(server);
                var log = new QuestDbLog(tables, InstantSource.system(), Durability.OS);
                var watch = new SuspensionWatch(tables)) {
            assertThat(log.open(LONG)).isTrue();
            append(log, 1);
            assertThat(tables.awaitApplied(LONG)).isTrue();
            server.engine()
                    .getTableSequencerAPI()
                    .suspendTable(server.engine().verifyTableName("log"), ErrorTag.DISK_FULL, "no space left");
            for (int i = 0; i < ENTRIES; i++) {
                append(log, 2 + i);
            }
            assertThat(figures(tables).suspended()).isTrue();
            assertThat(figures(tables).transactionsBehind()).isEqualTo(ENTRIES);

            watch.start();
            awaitResumed(tables);
            assertThat(tables.awaitApplied(LONG)).isTrue();
            assertThat(positions(log)).hasSize(ENTRIES + 1).isSorted().doesNotHaveDuplicates();
        }
    }

    /** The flag itself: what was under way when the table was suspended may be applied before it is resumed. */
    private static void awaitResumed(QuestDbTables tables) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (figures(tables).suspended()) {
            assertThat(System.nanoTime()).as("time to be resumed in").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static QuestDbTables migrated(QuestDbServer server) throws Exception {
        for (int version = 1; version <= Migrations.VERSION; version++) {
            Migrations.step(server, version);
        }
        return new QuestDbTables(server);
    }

    private static TableFigures figures(QuestDbTables tables) {
        return tables.figures().stream()
                .filter(t -> t.table().equals("log"))
                .findAny()
                .orElseThrow();
    }

    private static void append(QuestDbLog log, long position) throws InterruptedException {
        assertThat(log.append(List.of(LogEntry.tick(1, 0, new byte[0]))))
                .isInstanceOfSatisfying(
                        AppendResult.Logged.class,
                        logged -> assertThat(logged.firstPosition()).isEqualTo(position));
    }

    private static List<Long> positions(QuestDbLog log) throws Exception {
        var positions = new ArrayList<Long>();
        try (var reader = log.read(1)) {
            for (var entry = reader.next(); entry != null; entry = reader.next()) {
                positions.add(entry.position());
            }
        }
        return positions;
    }
}
