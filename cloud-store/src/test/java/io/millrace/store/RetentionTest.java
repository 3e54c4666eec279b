package io.millrace.store;

import static io.millrace.store.Sent.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Event;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import io.millrace.store.audit.AuditReport;
import io.millrace.store.derive.RebuildTarget;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.Retire;
import io.millrace.store.log.Verdicts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is too old goes, and the ledger still explains each reading, also after a crash in the middle or a rebuild. */
class RetentionTest {
    private static final StreamId STREAM = Sent.STREAM;
    private static final long DAY = 86_400_000_000L;
    private static final Instant TODAY = Instant.ofEpochSecond(NOON / 1_000_000);

    @TempDir
    Path data;

    private TestStore store;

    /** Events 1 to 5 of each of five days, the last one today; a plain reading of the first day and one of today. */
    @BeforeEach
    void open() throws Exception {
        store = TestStore.open(data);
        for (int day = 0; day < 5; day++) {
            store.append(day(day, day * 5 + 1L));
        }
        LogEntry plain = Sent.plain("tank", 1, 1);
        store.append(
                LogEntry.plain(
                        "plant",
                        "tank",
                        1,
                        2,
                        NOON - 4 * DAY,
                        Verdicts.NONE,
                        String.valueOf(plain.topic()),
                        plain.payload()),
                plain);
        store.settle();
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** Day 0 is four days ago, day 4 is today. */
    private static LogEntry day(int day, long first) {
        var events = new ArrayList<Event>();
        for (int i = 0; i < 5; i++) {
            events.add(new Event(
                    new Series("pump", "pressure", "bar"),
                    NOON - (4 - day) * DAY + i,
                    new Value.Numeric(first + i),
                    Quality.GOOD));
        }
        return Sent.batch(STREAM, first, events, Verdicts.NONE);
    }

    private Retention retention() {
        return new Retention(store.store(), entries -> store.append(entries.toArray(LogEntry[]::new)));
    }

    @Test
    void whatIsTooOldGoesAndStaysExplained() throws Exception {
        assertThat(retention().giveUp(TODAY.minusSeconds(2 * 86_400))).isTrue();
        assertThat(storedSequences()).containsExactlyElementsOf(from(11));
        assertRetired(15, 10);
        assertThat(store.audit().plain().retired()).isEqualTo(1);
        assertThat(store.audit().plain().stored()).isEqualTo(1);

        assertThat(retention().giveUp(TODAY.minusSeconds(86_400)))
                .as("the next day")
                .isTrue();
        assertThat(storedSequences()).containsExactlyElementsOf(from(16));
        assertRetired(10, 15);
        assertThat(retention().giveUp(TODAY.minusSeconds(86_400))).as("again").isTrue();
        assertRetired(10, 15);
    }

    @Test
    void whatComesTooLateIsADeadLetter() throws Exception {
        retention().giveUp(TODAY.minusSeconds(2 * 86_400));
        store.append(day(1, 26), day(3, 31), day(0, 1));
        assertThat(storedSequences()).hasSize(20).contains(31L, 35L).doesNotContain(26L, 30L);
        assertThat(store.query("SELECT reason FROM dead_letters WHERE seq = 26"))
                .containsExactly("expired");
        AuditReport.Lane lane = store.audit().lanes().getFirst();
        assertThat(lane.deadLettered())
                .as("what was retired is a repeat, not late")
                .isEqualTo(5);
        assertRetired(20, 10);
    }

    @Test
    void everyWayOfDerivingAgainComesToTheSame() throws Exception {
        retention().giveUp(TODAY.minusSeconds(2 * 86_400));
        store.append(day(1, 26));
        for (RebuildTarget target : List.of(RebuildTarget.EVENTS, RebuildTarget.LEDGER)) {
            store.store().derivation().rebuild(target).get();
            assertThat(storedSequences()).as("rebuild of %s", target).containsExactlyElementsOf(from(11));
            assertRetired(15, 10);
        }
        store.close();
        Files.delete(data.resolve("store/checkpoint"));
        store = TestStore.open(data).settle();
        assertRetired(15, 10);
        assertThat(storedSequences()).as("all was derived again").hasSize(25);
        assertThat(retention().giveUp(TODAY.minusSeconds(2 * 86_400))).isTrue();
        assertThat(storedSequences()).containsExactlyElementsOf(from(11));
        assertRetired(15, 10);
    }

    /** After each step of a pass in turn. */
    @Test
    void aCrashInTheMiddleIsMadeUpForByTheNextPass() throws Exception {
        long floor = (NOON - 2 * DAY) / DAY * DAY;
        store.append(Retire.floor(floor).logged());
        assertRetired(25, 0);
        store.close();
        store = TestStore.open(data).settle();
        assertRetired(25, 0);
        store.append(day(0, 26));
        retention().giveUp(TODAY.minusSeconds(2 * 86_400));
        assertRetired(15, 10);

        store.append(Retire.floor(floor + DAY).logged());
        var counted = List.of(new Retire.Count(STREAM, 5));
        store.append(Retire.counted(floor + DAY, counted).getFirst().logged());
        assertThat(storedSequences()).as("not dropped yet").hasSize(15);
        assertRetired(10, 15);
        store.close();
        store = TestStore.open(data).settle();
        retention().giveUp(TODAY.minusSeconds(86_400));
        assertThat(storedSequences()).hasSize(10);
        assertRetired(10, 15);
    }

    @Test
    void everythingMayBeTooOld() throws Exception {
        assertThat(retention().giveUp(TODAY.plusSeconds(10 * 86_400))).isTrue();
        assertThat(storedSequences()).isEmpty();
        assertRetired(0, 25);
    }

    private static List<Long> from(long first) {
        var sequences = new ArrayList<Long>();
        for (long s = first; s <= 25; s++) {
            sequences.add(s);
        }
        return sequences;
    }

    private List<Long> storedSequences() throws InterruptedException {
        return store.settle()
                .query("SELECT seq FROM events WHERE lane = 'telemetry' ORDER BY seq", row -> row.integer(0));
    }

    private void assertRetired(long stored, long retired) throws Exception {
        store.settle();
        AuditReport report = store.audit();
        AuditReport.Lane lane = report.lanes().getFirst();
        assertThat(lane.stored()).as("stored").isEqualTo(stored);
        assertThat(lane.retired()).as("retired").isEqualTo(retired);
        assertThat(lane.missing() + lane.duplicated()).isZero();
        assertThat(lane.produced()).isEqualTo(stored + retired + lane.deadLettered());
        assertThat(report.ok()).isTrue();
    }
}
