package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Gap;
import io.millrace.model.wire.Durability;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.Verdict;
import io.millrace.store.log.Verdicts;
import io.millrace.store.questdb.Migrations;
import io.millrace.store.questdb.QuestDbLog;
import io.millrace.store.questdb.QuestDbServer;
import io.millrace.store.questdb.QuestDbTables;
import io.millrace.store.questdb.SqlPasswords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data folder of other software: an older one is brought up to date, a newer one is left alone. */
class FolderVersionTest {
    private static final Verdicts UNFIT = Verdicts.builder()
            .add(1, new Verdict.DeadLetter("not_finite", "value is NaN"))
            .build();

    @TempDir
    Path data;

    @Test
    void anOlderOneIsMigratedAndKeepsEverything() throws Exception {
        writtenByVersionOne(
                Sent.batch(Sent.STREAM, 1, 3, UNFIT),
                Sent.gap(Sent.STREAM, 4, 9, Gap.Reason.DISK_FULL),
                Sent.batch(Sent.STREAM, 10, 20));
        try (var store = TestStore.open(data)) {
            store.settle();
            assertThat(store.store().log().head()).isEqualTo(3);
            assertThat(store.query("SELECT reason FROM dead_letters WHERE outcome = null AND redriven_ts = null"))
                    .containsExactly("not_finite");
            assertThat(store.query("SELECT reason FROM gaps WHERE detail = null"))
                    .containsExactly("disk_full");
            store.append(Sent.batch(Sent.STREAM, 21, 30));
            store.settle();
            var lane = store.audit().lanes().getFirst();
            assertThat(lane.stored()).isEqualTo(23);
            assertThat(lane.produced()).isEqualTo(30);
            assertThat(store.audit().ok()).isTrue();
        }
        assertThat(Files.readString(marker())).contains("version=" + Migrations.VERSION);
    }

    @Test
    void aNewerOneIsRefusedAndNotTouched() throws Exception {
        try (var store = TestStore.open(data)) {
            store.append(Sent.batch(Sent.STREAM, 1, 5));
            store.settle();
        }
        String ours = Files.readString(marker());
        String newer = ours.replace("version=" + Migrations.VERSION, "version=" + (Migrations.VERSION + 1));
        Files.writeString(marker(), newer);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> TestStore.open(data))
                    .isInstanceOf(StoreOpenException.Newer.class)
                    .hasMessageContainingAll(
                            data.toString(),
                            "version " + (Migrations.VERSION + 1),
                            "up to " + Migrations.VERSION,
                            "Use that one again",
                            "nothing was changed");
        }
        assertThat(Files.readString(marker())).isEqualTo(newer);
        Files.writeString(marker(), ours);
        try (var store = TestStore.open(data)) {
            assertThat(store.audit().lanes().getFirst().stored()).isEqualTo(5);
        }
    }

    private Path marker() {
        return data.resolve("store").resolve("schema");
    }

    /** What the first version left behind: its tables and its log. */
    private void writtenByVersionOne(LogEntry... entries) throws Exception {
        StoreFolder folder = StoreFolder.open(data);
        var passwords = SqlPasswords.load(folder.readerPasswords(), folder.adminPasswords());
        try (QuestDbServer server =
                QuestDbServer.start(folder.root(), folder.logFolder(), 0, passwords, Durability.OS)) {
            Migrations.step(server, 1);
            folder.migrated(1);
            try (var tables = new QuestDbTables(server);
                    var log = new QuestDbLog(tables, InstantSource.system(), Durability.OS)) {
                assertThat(log.open(Duration.ofSeconds(60))).isTrue();
                assertThat(log.append(List.of(entries))).isInstanceOf(AppendResult.Logged.class);
            }
        }
        folder.close();
    }
}
