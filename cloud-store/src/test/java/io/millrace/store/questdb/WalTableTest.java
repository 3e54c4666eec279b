package io.millrace.store.questdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.wire.Durability;
import io.questdb.cairo.TableWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a commit has in it where rows are held back. */
class WalTableTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final long NOON = 1_700_000_000_000_000L;

    @TempDir
    Path root;

    private QuestDbServer server;
    private QuestDbTables tables;

    @BeforeEach
    void open() throws Exception {
        Files.createDirectories(root.resolve("conf"));
        server = QuestDbServer.start(root, root.resolve("log"), 0, new SqlPasswords("reader", "admin"), Durability.OS);
        for (int version = 1; version <= Migrations.VERSION; version++) {
            Migrations.step(server, version);
        }
        tables = new QuestDbTables(server);
    }

    @AfterEach
    void close() {
        tables.close();
        server.close();
    }

    private void write(long... offsets) {
        for (long offset : offsets) {
            TableWriter.Row row = tables.events().row(NOON + offset);
            row.putLong(12, offset);
            row.append();
        }
    }

    private List<Long> seen() throws Exception {
        assertThat(tables.awaitApplied(LONG)).isTrue();
        var seen = new ArrayList<Long>();
        try (var cursor = new QuestDbCursor(server, "SELECT seq FROM events", List.of())) {
            while (cursor.next()) {
                seen.add(cursor.row().integer(0));
            }
        }
        return seen;
    }

    @Test
    void whatIsLaterThanWasSaidWaitsForTheNextCommit() throws Exception {
        write(2, 1);
        tables.events().commitUpTo(NOON + 5);
        assertThat(seen()).containsExactly(1L, 2L);
        write(4, 7, 3, 6);
        assertThat(tables.events().pending()).isEqualTo(4);
        tables.events().commitUpTo(NOON + 10);
        assertThat(seen()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(tables.events().pending()).isEqualTo(2);
        write(5, 11);
        tables.events().commitUpTo(NOON + 15);
        assertThat(seen()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(tables.events().figures().rowsCommitted()).isEqualTo(7);
    }

    /** What notifications follow, say, does not wait for a second commit. */
    @Test
    void onlyEventsAreHeldBack() throws Exception {
        var rows = new QuestDbRows(tables);
        rows.commitUpTo(NOON + 5);
        write(7);
        tables.transitions().row(NOON + 7).append();
        rows.commitUpTo(NOON + 10);
        assertThat(tables.events().pending()).isEqualTo(1);
        assertThat(tables.transitions().pending()).isZero();
        assertThat(rows.pending()).isEqualTo(1);
    }

    @Test
    void anOrdinaryCommitHoldsNothingBackNorDoesTheNextOne() throws Exception {
        tables.events().commitUpTo(NOON + 5);
        write(1, 7);
        tables.events().commit();
        assertThat(tables.events().pending()).isZero();
        write(9);
        tables.events().commitUpTo(NOON + 20);
        assertThat(seen()).containsExactly(1L, 7L, 9L);
    }

    @Test
    void whatIsDiscardedIsGoneAlsoIfItWasHeldBack() throws Exception {
        tables.events().commitUpTo(NOON + 5);
        write(1, 7);
        tables.events().discard();
        assertThat(tables.events().pending()).isZero();
        write(2, 8);
        tables.events().commit();
        assertThat(seen()).containsExactly(2L, 8L);
    }
}
