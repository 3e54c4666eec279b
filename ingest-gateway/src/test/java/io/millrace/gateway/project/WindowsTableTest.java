package io.millrace.gateway.project;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.admit.PlainEvents;
import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import io.millrace.model.wire.Durability;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.WireEncoder;
import io.millrace.store.Store;
import io.millrace.store.StoreConfig;
import io.millrace.store.derive.RebuildTarget;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.log.Verdicts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an SQL user reads of windows that are stale or lie in gaps, from entries of the log on the real store. */
final class WindowsTableTest {
    private static final long START = 1_767_225_600_000_000L;
    private static final long SECOND = 1_000_000L;
    private static final StreamId STREAM = new StreamId("plant-1", "gw-1", "telemetry", 1);

    /** As docs/projections.md has it. */
    private static final String ANSWER = """
            SELECT * FROM (
              SELECT *, row_number() OVER (PARTITION BY site, agent, device, metric, unit, ts ORDER BY version DESC) AS newest
              FROM windows WHERE device = 'pump-1' AND size = 60000000)
            WHERE newest = 1 ORDER BY ts
            """;

    private static final String STALE = """
            SELECT ts, device, metric, max(version) AS version,
                min(version) = 0 OR count(CASE WHEN stale THEN 1 END) > 0 AS stale
            FROM windows WHERE device = 'pump-1' AND size = 60000000 GROUP BY ts, device, metric ORDER BY ts
            """;

    @TempDir
    Path folder;

    private Store store;
    private long sequence = 1;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(
                new StoreConfig(folder, 0, Durability.OS),
                InstantSource.system(),
                new PlainEvents(),
                EngineProjection.of(RulesFile.in(folder)),
                (fresh, windows, transitions) -> {});
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void showsTheShareInGapsUntilTheyAreFilled() throws Exception {
        readings(0, 59, 60);
        gap(new Interval(4, 5), 30, 59);
        gap(new Interval(1, 3), 0, 59); // stored, so that nothing of it is missing
        tick(61);
        assertThat(answers()).containsExactly("0 v2 false 2 0.5");
        readings(45); // the first of the two that were lost
        tick(62);
        assertThat(answers()).containsExactly("0 v3 false 3 0.5");
        readings(46);
        tick(63);
        assertThat(answers()).containsExactly("0 v4 false 4 0.0");

        List<String> before = rows();
        store.derivation().rebuild(RebuildTarget.WINDOWS).get();
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void marksStaleWindowsBesideTheAnswer() throws Exception {
        for (int second = 0; second <= 900; second += 60) {
            readings(second);
        }
        readings(61, 62, -600);
        tick(901);
        assertThat(answers()).hasSize(16).startsWith("-600 v0 true null null", "0 v1 false 1 0.0", "60 v1 false 1 0.0");
        var stale = new ArrayList<String>();
        query(STALE, row -> stale.add((row.micros(0) - START) / SECOND + " v" + row.integer(3) + " " + row.bool(4)));
        assertThat(stale).hasSize(16).startsWith("-600 v0 true", "0 v1 false", "60 v1 true", "120 v1 false");
    }

    private List<String> answers() throws InterruptedException {
        var answers = new ArrayList<String>();
        query(
                ANSWER,
                row -> answers.add("%d v%d %s %s %s"
                        .formatted(
                                (row.micros(0) - START) / SECOND,
                                row.integer(12),
                                row.bool(14),
                                row.integer(7) == Long.MIN_VALUE ? "null" : row.integer(7),
                                Double.isNaN(row.number(20)) ? "null" : Math.rint(row.number(20) * 100) / 100)));
        return answers;
    }

    private List<String> rows() throws InterruptedException {
        var rows = new ArrayList<String>();
        query(
                "SELECT ts, version, count, gap_share, position FROM windows ORDER BY ts, version",
                row -> rows.add(row.micros(0) + " " + row.integer(1) + " " + row.integer(2) + " " + row.number(3)
                        + row.integer(4)));
        return rows;
    }

    private void query(String select, io.millrace.store.sql.RowReader reader) throws InterruptedException {
        assertThat(store.awaitVisible(Duration.ofSeconds(60))).isTrue();
        store.sql().query(select, List.of(), 1_000, reader);
    }

    private void readings(int... seconds) throws InterruptedException {
        var batch = EventBatch.builder();
        for (int second : seconds) {
            var series = new Series("pump-1", "temperature", "°C");
            batch.add(new Event(series, START + second * SECOND, new Value.Numeric(1), Quality.GOOD));
        }
        var envelope = new Envelope(STREAM, sequence, seconds.length, false, 0, 0, null);
        sequence += seconds.length;
        EventBatch events = batch.build();
        byte[] message = new WireEncoder().encode(envelope, events);
        append(LogEntry.batch(envelope, START, START, Verdicts.NONE, message));
    }

    private void gap(Interval range, int fromSecond, int toSecond) throws InterruptedException {
        var gaps = List.of(new Gap(
                STREAM, range, Gap.Reason.DISK_FULL, START + fromSecond * SECOND, START + (toSecond + 1) * SECOND - 1));
        var envelope = new Envelope(STREAM, 0, 1, false, 0, 0, null);
        append(LogEntry.gaps(envelope, gaps, new WireEncoder().encodeGaps(envelope, gaps)));
    }

    private void tick(int second) throws InterruptedException {
        append(LogEntry.tick(START + second * SECOND, 0, new byte[0]));
    }

    private void append(LogEntry entry) throws InterruptedException {
        var logged = (AppendResult.Logged) store.log().append(List.of(entry));
        store.derivation()
                .offer(List.of(new LoggedEntry(logged.firstPosition(), logged.committedMicros(), entry, null)));
    }
}
