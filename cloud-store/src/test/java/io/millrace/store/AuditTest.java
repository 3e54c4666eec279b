package io.millrace.store;

import static io.millrace.store.Sent.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.StreamId;
import io.millrace.store.audit.AuditFilter;
import io.millrace.store.audit.AuditReport;
import io.millrace.store.audit.AuditResult;
import io.millrace.store.log.LogEntry;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anyone can check it: what the audit finds when someone has been at the tables. */
class AuditTest {
    private static final StreamId ONE = new StreamId("plant", "gw-1", "telemetry", 812);
    private static final StreamId TWO = new StreamId("site-2", "gw-2", "alarm", 9);

    @TempDir
    Path data;

    private TestStore store;

    @BeforeEach
    void open() throws Exception {
        store = TestStore.open(data);
        store.append(
                Sent.batch(ONE, 1, 60),
                Sent.gap(ONE, 61, 64, Gap.Reason.DISK_FULL),
                Sent.batch(ONE, 65, 100),
                Sent.status(ONE, true, 105, new Interval(101, 105)),
                Sent.batch(TWO, 1, 10),
                Sent.plain("tank", 1, 1),
                Sent.plain("tank", 1, 1));
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** One test, so that one store is enough: each step leaves the tables as it found them. */
    @Test
    void countsInTheStoreAndNotFromCounters() throws Exception {
        AuditReport report = store.audit();
        assertThat(report.json())
                .startsWith("{\"ok\":true,\"as_of\":\"20")
                .contains(
                        "{\"site\":\"plant\",\"agent\":\"gw-1\",\"lane\":\"telemetry\",\"epoch\":\"812\",\"produced\":105,"
                                + "\"stored\":96,\"dead_lettered\":0,\"dropped\":{\"disk_full\":4},\"waiting\":5,\"missing\":0,"
                                + "\"duplicated\":0,\"retired\":0}")
                .endsWith(
                        "\"plain\":{\"stored\":1,\"collapsed\":1,\"broker_dropped\":0,\"dead_lettered\":0,\"retired\":0}}");
        filtersBySiteAgentAndTime();
        noticesARowThatWasDeletedByHand();
        noticesARowThatWasDoubledByHand();
    }

    private void filtersBySiteAgentAndTime() throws Exception {
        assertThat(store.audit(filter("plant", null)).lanes()).hasSize(1);
        assertThat(store.audit(filter(null, "gw-2")).lanes()).hasSize(1);
        var later = new AuditFilter(null, null, OptionalLong.of(NOON + 50_000_000), OptionalLong.empty());
        assertThat(store.audit(later).lanes())
                .singleElement()
                .satisfies(lane -> assertThat(lane.stream()).isEqualTo(ONE));
        assertThat(store.store().audit().run(filter("nowhere", null))).isInstanceOf(AuditResult.NothingMatches.class);
        store.append(LogEntry.rejected(
                "plant",
                "kettle",
                "plain",
                NOON,
                "malformed",
                "no number",
                "millrace/v1/plant/kettle/event/t",
                new byte[1]));
        assertThat(store.audit(filter(null, "kettle")).plain().deadLettered()).isEqualTo(1);
        AuditReport withoutPlain = store.audit(filter(null, "gw-2"));
        assertThat(withoutPlain.plain().deadLettered()).isZero();
        assertThat(withoutPlain.json())
                .endsWith(
                        "\"plain\":{\"stored\":0,\"collapsed\":1,\"broker_dropped\":0,\"dead_lettered\":0,\"retired\":0,"
                                + "\"whole_store\":[\"collapsed\",\"broker_dropped\",\"retired\"]}}");
    }

    private static AuditFilter filter(String site, String agent) {
        return new AuditFilter(site, agent, OptionalLong.empty(), OptionalLong.empty());
    }

    private void noticesARowThatWasDeletedByHand() throws Exception {
        store.byHand(
                "CREATE TABLE kept AS (SELECT * FROM events) TIMESTAMP(ts) PARTITION BY DAY BYPASS WAL",
                "TRUNCATE TABLE events",
                "INSERT INTO events SELECT * FROM kept WHERE NOT (epoch = 812 AND seq = 42)");
        AuditReport report = store.audit();
        assertThat(report.ok()).isFalse();
        assertThat(report.lanes().getFirst().missing()).isEqualTo(1);
        assertThat(report.lanes().getFirst().stored()).isEqualTo(95);
        assertThat(report.lanes().getLast().missing()).isZero();
        store.byHand("INSERT INTO events SELECT * FROM kept");
        assertThat(store.audit().ok()).isTrue();
    }

    private void noticesARowThatWasDoubledByHand() throws Exception {
        store.byHand("INSERT INTO events SELECT dateadd('s', 1, ts), site, agent, device, metric, unit, type, value,"
                + " text, quality, lane, epoch, seq, flags FROM kept WHERE epoch = 9 AND seq = 3");
        AuditReport report = store.audit();
        assertThat(report.ok()).isFalse();
        assertThat(report.lanes().getLast().duplicated()).isEqualTo(1);
        assertThat(report.lanes().getFirst().duplicated()).isZero();
    }
}
