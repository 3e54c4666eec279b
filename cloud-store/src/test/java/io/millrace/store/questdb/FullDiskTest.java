package io.millrace.store.questdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.millrace.model.wire.Durability;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.LogEntry;
import io.questdb.cairo.CairoException;
import io.questdb.std.FilesFacade;
import io.questdb.std.str.LPSZ;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log whose disk fails at any step: what it vouched for is there once, and no position is given twice. */
class FullDiskTest {
    private static final long SEED = 11;
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path root;

    /**
     * Refuses to grow or open files while {@code stepsLeft} is 0, and counts down to that before. Only the thread that
     * appends is refused to sync: QuestDB 9.3.4 never closes a table again whose last sync failed (docs/formats/store.md).
     */
    private static final class FailingDisk extends MappedFiles {
        private final Thread appender = Thread.currentThread();
        private int stepsLeft = Integer.MAX_VALUE;

        synchronized void failAfter(int steps) {
            stepsLeft = steps;
        }

        private synchronized boolean fails() {
            if (stepsLeft > 0 && stepsLeft < Integer.MAX_VALUE) {
                stepsLeft--;
            }
            return stepsLeft == 0;
        }

        private void failedSync() {
            if (Thread.currentThread() == appender && fails()) {
                throw CairoException.critical(28).put("no space left on device");
            }
        }

        @Override
        public boolean allocate(long fd, long size) {
            return !fails() && super.allocate(fd, size);
        }

        @Override
        public long openRW(LPSZ name, int opts) {
            return fails() ? -1 : super.openRW(name, opts);
        }

        @Override
        public void msync(long address, long length, boolean async) {
            failedSync();
            super.msync(address, length, async);
        }

        @Override
        public void fsync(long fd) {
            failedSync();
            super.fsync(fd);
        }
    }

    @Test
    void whatItVouchedForIsThereOnceAndNoPositionIsGivenTwice() throws Exception {
        var random = new SplittableRandom(SEED);
        var disk = new FailingDisk();
        List<String> vouched = new ArrayList<>();
        try (QuestDbServer server = start(disk);
                var tables = new QuestDbTables(server);
                var watch = new SuspensionWatch(tables);
                var log = new QuestDbLog(tables, InstantSource.system(), Durability.FSYNC)) {
            watch.start();
            assertThat(log.open(LONG)).isTrue();
            int failed = 0;
            for (int round = 0; round < 12; round++) {
                disk.failAfter(random.nextInt(1, 60));
                failed += appendUntilItFails(log, round, vouched);
                disk.failAfter(Integer.MAX_VALUE);
                appendUntilItWorks(log, round, vouched);
            }
            assertThat(failed).isEqualTo(12);
            assertThat(read(log)).containsAll(vouched).doesNotHaveDuplicates();
        }
    }

    @Test
    void tablesThatFindNoRoomAreMadeWhenThereIsSome() throws Exception {
        var disk = new FailingDisk();
        try (QuestDbServer server = startWithoutTables(disk)) {
            disk.failAfter(0);
            assertThatIOException()
                    .isThrownBy(() -> Migrations.step(server, 1))
                    .withMessageContaining("0001-tables.sql")
                    .withMessageContaining("make room");
            disk.failAfter(Integer.MAX_VALUE);
            Migrations.step(server, 1);
            assertThat(server.engine().getTableTokenIfExists("log")).isNotNull();
        }
    }

    private QuestDbServer start(FilesFacade disk) throws Exception {
        QuestDbServer server = startWithoutTables(disk);
        Migrations.step(server, 1);
        return server;
    }

    private QuestDbServer startWithoutTables(FilesFacade disk) throws Exception {
        java.nio.file.Files.createDirectories(root.resolve("conf"));
        return QuestDbServer.start(root, 0, new SqlPasswords("reader", "admin"), Durability.FSYNC, disk);
    }

    private static int appendUntilItFails(QuestDbLog log, int round, List<String> vouched) throws Exception {
        for (int i = 0; i < 1_000; i++) {
            if (!append(log, "round %d entry %d".formatted(round, i), vouched)) {
                return 1;
            }
        }
        return 0;
    }

    private static void appendUntilItWorks(QuestDbLog log, int round, List<String> vouched) throws Exception {
        for (int i = 0; i < 25; i++) {
            if (append(log, "round %d again %d".formatted(round, i), vouched)) {
                return;
            }
        }
        throw new AssertionError("the log does not recover in round %d: %s"
                .formatted(round, log.append(List.of(LogEntry.tick(1, 0, new byte[0])))));
    }

    /** Whether the log vouched for the entry, which says by its payload what it is. */
    private static boolean append(QuestDbLog log, String what, List<String> vouched) throws Exception {
        byte[] payload = what.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        AppendResult result = log.append(List.of(LogEntry.tick(1, 0, payload)));
        if (result instanceof AppendResult.Logged logged) {
            vouched.add(logged.firstPosition() + " " + what);
            return true;
        }
        return false;
    }

    private static List<String> read(QuestDbLog log) throws Exception {
        var read = new ArrayList<String>();
        try (var reader = log.read(1)) {
            for (var entry = reader.next(); entry != null; entry = reader.next()) {
                assertThat(entry.position()).isEqualTo(read.size() + 1L);
                read.add(entry.position() + " "
                        + new String(entry.entry().payload(), java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        return read;
    }
}
