package io.millrace.benchmarks;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Value;
import io.questdb.Bootstrap;
import io.questdb.DefaultBootstrapConfiguration;
import io.questdb.ServerMain;
import io.questdb.cairo.CairoEngine;
import io.questdb.cairo.TableWriter;
import io.questdb.cairo.security.AllowAllSecurityContext;
import io.questdb.cairo.wal.WalWriter;
import io.questdb.griffin.SqlException;
import io.questdb.griffin.SqlExecutionContextImpl;
import io.questdb.log.LogFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The yardstick of {@code bench e2e}: the same rows into the same table, appended and applied by QuestDB with nothing
 * before it, flushed to the disk at each commit.
 */
final class StoreAlone {
    /** Rows of one agent that follow each other, and how much time they span: a batch as it comes off the wire. */
    private static final int BATCH = 500;

    private static final long BATCH_MICROS = 10_000;

    private static final Map<String, String> SETTINGS = Map.of(
            "QDB_HTTP_ENABLED", "false",
            "QDB_HTTP_MIN_ENABLED", "false",
            "QDB_LINE_TCP_ENABLED", "false",
            "QDB_PG_ENABLED", "false",
            "QDB_TELEMETRY_ENABLED", "false",
            "QDB_CAIRO_MAT_VIEW_ENABLED", "false",
            "QDB_CAIRO_COMMIT_MODE", "sync",
            "QDB_SHARED_QUERY_WORKER_COUNT", "2");

    private final List<Event> recording = new ArrayList<>();
    private final int agents;
    private final int rowsPerCommit;

    StoreAlone(Recording recording, int agents, int rowsPerCommit) {
        recording.batches().forEach((EventBatch batch) -> this.recording.addAll(batch.events()));
        this.agents = agents;
        this.rowsPerCommit = rowsPerCommit;
    }

    /** Rows appended and visible to readers a second; the wait until the last one is applied is included. */
    double rowsPerSecond(Path folder, Duration atLeast) throws IOException, SqlException {
        writeLogConfig(folder);
        try (ServerMain server = new ServerMain(new Bootstrap(
                new DefaultBootstrapConfiguration() {
                    @Override
                    public Map<String, String> getEnv() {
                        return SETTINGS;
                    }

                    @Override
                    public boolean useSite() {
                        return false;
                    }
                },
                Bootstrap.getServerMainArgs(folder.toString())))) {
            server.start();
            CairoEngine engine = server.getEngine();
            try (var context = new SqlExecutionContextImpl(engine, 1)) {
                engine.execute(eventsTable(), context.with(AllowAllSecurityContext.INSTANCE));
            }
            long start = System.nanoTime();
            long rows = append(engine, start + atLeast.toNanos());
            server.awaitTable("events");
            return rows * 1e9 / (System.nanoTime() - start);
        }
    }

    /** As the product: what it has to say of errors goes to a file, so that no line of its log is timed. */
    private static void writeLogConfig(Path folder) throws IOException {
        Path conf = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(conf.resolve("log.conf"), """
                writers=file
                w.file.class=io.questdb.log.LogFileWriter
                w.file.location=%s/questdb.log
                w.file.level=ERROR,CRITICAL
                """.formatted(folder));
        LogFactory.configureRootDir(folder.toString());
    }

    private long append(CairoEngine engine, long untilNanos) {
        long[] sequence = new long[agents];
        long rows = 0;
        try (WalWriter writer = engine.getWalWriter(engine.verifyTableName("events"))) {
            for (int from = 0;
                    System.nanoTime() < untilNanos;
                    from = from + BATCH < recording.size() ? from + BATCH : 0) {
                long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
                for (int agent = 0; agent < agents; agent++) {
                    int to = Math.min(recording.size(), from + BATCH);
                    for (int i = from; i < to; i++) {
                        sequence[agent]++;
                        long timeMicros = nowMicros + (i - from) * BATCH_MICROS / BATCH;
                        row(writer, recording.get(i), timeMicros, "agent-" + agent, sequence[agent]);
                        rows++;
                        if (rows % rowsPerCommit == 0) {
                            writer.commit();
                        }
                    }
                }
            }
            writer.commit();
        }
        return rows;
    }

    private static void row(WalWriter writer, Event event, long timeMicros, String agent, long sequence) {
        TableWriter.Row row = writer.newRow(timeMicros);
        row.putSym(1, "bench");
        row.putSym(2, agent);
        row.putSym(3, event.series().device());
        row.putSym(4, event.series().metric());
        row.putSym(5, event.series().unit());
        row.putByte(6, (byte) 1);
        row.putDouble(7, ((Value.Numeric) event.value()).number());
        row.putByte(9, (byte) 0);
        row.putSym(10, "telemetry");
        row.putLong(11, 1);
        row.putLong(12, sequence);
        row.putInt(13, 0);
        row.append();
    }

    /** The product's own definition of the table, so that both are measured with the same columns and keys. */
    private static String eventsTable() throws IOException {
        try (InputStream in = StoreAlone.class.getResourceAsStream("/io/millrace/store/questdb/0001-tables.sql")) {
            if (in == null) {
                throw new IOException("cloud-store's tables are not on the class path");
            }
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            int start = all.indexOf("CREATE TABLE IF NOT EXISTS events");
            return all.substring(start, all.indexOf(';', start));
        }
    }
}
