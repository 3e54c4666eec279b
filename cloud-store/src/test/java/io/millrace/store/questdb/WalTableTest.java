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

/** What a commit has in it. */
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
    void whatIsDiscardedIsGone() throws Exception {
        write(1, 7);
        assertThat(tables.events().pending()).isEqualTo(2);
        tables.events().discard();
        assertThat(tables.events().pending()).isZero();
        write(8, 2);
        tables.events().commit();
        assertThat(seen()).containsExactly(2L, 8L);
        assertThat(tables.events().figures().rowsCommitted()).isEqualTo(2);
    }
}
