package io.millrace.store;

import static io.millrace.store.Sent.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Event;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import io.millrace.model.wire.Decoded;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.WireDecoder;
import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.derive.Output;
import io.millrace.store.derive.Projection;
import io.millrace.store.ledger.StreamAccount;
import io.millrace.store.log.Closing;
import io.millrace.store.log.EntryKind;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.log.Verdict;
import io.millrace.store.log.Verdicts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of log entries. Each test uses a stream of its own, so that one store serves them all. */
class StoreTest {
    @TempDir
    static Path data;

    static TestStore store;
    static final List<String> told = new CopyOnWriteArrayList<>();
    static final AtomicLong epochs = new AtomicLong(100);

    private final StreamId stream = new StreamId("plant", "gw", "telemetry", epochs.incrementAndGet());

    @BeforeAll
    static void open() throws Exception {
        LiveListener listener = (fresh, windows, transitions) -> {
            if (fresh.size() > 0) {
                told.add("%d: %d from %d".formatted(fresh.epoch(), fresh.size(), fresh.sequence(0)));
            }
        };
        store = TestStore.open(data, new Erring(), listener);
    }

    /** Fails once when told to, the way a database does that cannot map another page. */
    private static final class Erring implements Projection {
        private static final AtomicBoolean FAIL = new AtomicBoolean();

        @Override
        public void restore(byte @Nullable [] snapshot) {}

        @Override
        public void fold(LoggedEntry entry, Fresh fresh, Output out) {
            if (FAIL.getAndSet(false)) {
                throw new InternalError("a fault occurred in an unsafe memory access operation");
            }
        }

        @Override
        public byte[] snapshot() {
            return new byte[0];
        }

        @Override
        public Projection anew() {
            return this;
        }
    }

    @AfterAll
    static void close() {
        store.close();
    }

    private List<Long> storedSequences() throws InterruptedException {
        return store.settle()
                .query("SELECT seq FROM events WHERE epoch = $1 ORDER BY seq", row -> row.integer(0), stream.epoch());
    }

    private StreamAccount account() throws InterruptedException {
        store.settle();
        return store.store().ledger().streams(a -> a.stream().equals(stream)).getFirst();
    }

    @Test
    void storesEveryFieldOfAnEvent() throws Exception {
        var series = new Series("line/pump-1", "pressure", "bar");
        store.append(Sent.batch(
                stream,
                1,
                List.of(
                        new Event(series, NOON, new Value.Numeric(-0.1), Quality.UNCERTAIN),
                        new Event(series, NOON + 1, new Value.Whole(42), Quality.GOOD),
                        new Event(series, NOON + 2, new Value.Bool(true), Quality.BAD),
                        new Event(series, NOON + 3, new Value.Text("né\n"), Quality.GOOD),
                        new Event(series, NOON + 4, new Value.Whole((1L << 53) + 1), Quality.GOOD)),
                Verdicts.builder().add(1, new Verdict.Future()).build()));
        store.settle();
        assertThat(store.query(
                        "SELECT ts, site, agent, device, metric, unit, type, value, text, quality, lane, epoch, seq, flags"
                                + " FROM events WHERE epoch = $1 ORDER BY seq",
                        r -> "%d %s %s %s %s %s %d %s %s %d %s %d %d %d"
                                .formatted(
                                        r.micros(0) - NOON,
                                        r.text(1),
                                        r.text(2),
                                        r.text(3),
                                        r.text(4),
                                        r.text(5),
                                        r.integer(6),
                                        r.number(7),
                                        r.text(8),
                                        r.integer(9),
                                        r.text(10),
                                        r.integer(11) - stream.epoch(),
                                        r.integer(12),
                                        r.integer(13)),
                        stream.epoch()))
                .containsExactly(
                        "0 plant gw line/pump-1 pressure bar 1 -0.1 null 1 telemetry 0 1 0",
                        "1 plant gw line/pump-1 pressure bar 2 42.0 null 0 telemetry 0 2 1",
                        "2 plant gw line/pump-1 pressure bar 3 1.0 null 2 telemetry 0 3 0",
                        "3 plant gw line/pump-1 pressure bar 4 NaN né\n 0 telemetry 0 4 0",
                        "4 plant gw line/pump-1 pressure bar 2 9.007199254740992E15 9007199254740993 0 telemetry 0 5 0");
    }

    @Test
    void foldsAnEventOnceHoweverOftenAndInWhateverPiecesItComes() throws Exception {
        store.append(Sent.batch(stream, 5, 9), Sent.batch(stream, 1, 6));
        store.append(Sent.batch(stream, 1, 12));
        assertThat(storedSequences()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
        assertThat(told)
                .contains(stream.epoch() + ": 5 from 5", stream.epoch() + ": 4 from 1", stream.epoch() + ": 3 from 10");
        assertThat(account().stored()).isEqualTo(12);
    }

    @Test
    void keepsAnUnfitEventAsADeadLetterThatCanBeDrivenAgain() throws Exception {
        var why = new Verdict.DeadLetter("not_finite", "value is NaN");
        LogEntry entry = Sent.batch(stream, 1, 4, Verdicts.builder().add(2, why).build());
        store.append(entry);
        store.append(entry);
        assertThat(storedSequences()).containsExactly(1L, 2L, 4L);
        List<byte[]> payloads = store.query(
                "SELECT payload FROM dead_letters WHERE epoch = $1 AND seq = 3 AND reason = 'not_finite'"
                        + " AND detail = 'value is NaN'",
                row -> row.bytes(0),
                stream.epoch());
        assertThat(payloads).singleElement().satisfies(payload -> {
            var decoded = (Decoded.Events) new WireDecoder().decode(payload);
            assertThat(decoded.envelope().firstSequence()).isEqualTo(3);
            assertThat(decoded.events().event(0).value()).isEqualTo(new Value.Numeric(3 / 8.0));
        });
        assertThat(account().deadLettered()).isEqualTo(1);
    }

    @Test
    void keepsAMessageThatCannotBeDecodedAsOneDeadLetterForItsInterval() throws Exception {
        var envelope = new Envelope(stream, 1, 10, false, 0, 0, null);
        byte[] damaged = "damaged".getBytes(StandardCharsets.UTF_8);
        store.append(LogEntry.rejectedInterval(envelope, NOON, "undecodable", "bad checksum", "a/b", damaged));
        assertThat(account().deadLettered()).isEqualTo(10);
        assertThat(store.query("SELECT payload FROM dead_letters WHERE epoch = $1", r -> r.bytes(0), stream.epoch()))
                .containsExactly(damaged);
        store.append(Sent.batch(stream, 1, 10));
        assertThat(account().stored()).as("stored wins over a dead letter").isEqualTo(10);
        assertThat(account().deadLettered()).isZero();
    }

    @Test
    void explainsEverySequenceUpToTheCutTheAgentStates() throws Exception {
        store.append(Sent.batch(stream, 1, 10), Sent.gap(stream, 6, 20, Gap.Reason.DISK_FULL));
        store.append(Sent.status(stream, true, 40, new Interval(31, 40)));
        var account = account();
        assertThat(account.produced()).isEqualTo(40);
        assertThat(account.stored()).isEqualTo(10);
        assertThat(account.dropped()).isEqualTo(Map.of(Gap.Reason.DISK_FULL, 10L));
        assertThat(account.waiting()).isEqualTo(10);
        assertThat(account.missing()).isEqualTo(10);
        assertThat(store.query(
                        "SELECT first || '-' || last || ' ' || reason FROM gaps WHERE epoch = $1", stream.epoch()))
                .as("what is stored is no gap")
                .containsExactly("11-20 disk_full");
    }

    @Test
    void whatAnOperatorClosesIsAGapWithHisWordsUntilItComesAfterAll() throws Exception {
        store.append(Sent.batch(stream, 1, 10), Sent.status(stream, false, 30, new Interval(21, 30)));
        assertThat(account())
                .extracting(StreamAccount::missing, StreamAccount::waiting)
                .containsExactly(10L, 10L);
        var gap = new Gap(stream, new Interval(11, 30), Gap.Reason.CLOSED, NOON, NOON + 1);
        store.append(new Closing(stream, List.of(gap), "box stolen").logged());
        assertThat(account())
                .extracting(StreamAccount::missing, StreamAccount::waiting)
                .containsExactly(0L, 0L);
        assertThat(account().dropped()).isEqualTo(Map.of(Gap.Reason.CLOSED, 20L));
        assertThat(store.query("SELECT reason || ': ' || detail FROM gaps WHERE epoch = $1", stream.epoch()))
                .containsExactly("closed: box stolen");
        store.append(Sent.batch(stream, 11, 20));
        assertThat(account().stored()).as("stored wins").isEqualTo(20);
        assertThat(account().dropped()).isEqualTo(Map.of(Gap.Reason.CLOSED, 10L));
    }

    @Test
    void anErrorEndsATryAndNotTheDerivation() throws Exception {
        store.settle();
        Erring.FAIL.set(true);
        store.append(Sent.batch(stream, 1, 10));
        assertThat(storedSequences()).hasSize(10);
        assertThat(Erring.FAIL).as("still to fail").isFalse();
    }

    @Test
    void anOpenGapHasNoLastSequence() throws Exception {
        store.append(Sent.batch(stream, 1, 10), Sent.gap(stream, 11, Long.MAX_VALUE, Gap.Reason.UNSYNCED_LOSS));
        assertThat(account().missing()).isZero();
        assertThat(store.query("SELECT last FROM gaps WHERE epoch = $1", row -> row.integer(0), stream.epoch()))
                .containsExactly(Long.MIN_VALUE);
    }

    @Test
    void anEventOfATimeThatTheTableCannotHoldStopsNothing() throws Exception {
        var series = new Series("clock", "t", "");
        store.append(Sent.batch(
                stream,
                1,
                List.of(
                        new Event(series, -1, new Value.Numeric(1), Quality.GOOD),
                        new Event(series, Long.MAX_VALUE, new Value.Numeric(2), Quality.GOOD),
                        new Event(series, NOON, new Value.Numeric(3), Quality.GOOD)),
                Verdicts.NONE));
        assertThat(storedSequences()).containsExactly(3L);
        assertThat(account().deadLettered()).isEqualTo(2);
    }

    @Test
    void collapsesARepeatedReadingOfAPlainDevice() throws Exception {
        var before = store.store().ledger().plain();
        store.append(Sent.plain("tank-1", 5, 1.5), Sent.plain("tank-1", 6, 2.5), Sent.plain("tank-1", 5, 1.5));
        store.settle();
        assertThat(store.query("SELECT value FROM events WHERE device = 'tank-1' ORDER BY ts", row -> row.number(0)))
                .containsExactly(1.5, 2.5);
        var after = store.store().ledger().plain();
        assertThat(after.collapsed() - before.collapsed()).isEqualTo(1);
        assertThat(after.events() - before.events()).isEqualTo(2);
    }

    @Test
    void countsAMessageOfAPlainDeviceThatIsNoReadingAmongItsDeadLetters() throws Exception {
        long before = store.store().ledger().plain().deadLettered();
        byte[] bytes = "abc".getBytes(StandardCharsets.UTF_8);
        store.append(LogEntry.rejected("plant", "tank-2", "plain", NOON, "not_a_reading", "no number", "t", bytes));
        store.settle();
        assertThat(store.store().ledger().plain().deadLettered() - before).isEqualTo(1);
        assertThat(store.query("SELECT topic FROM dead_letters WHERE agent = 'tank-2' AND seq = null"))
                .containsExactly("t");
    }

    @Test
    void latestIsByEventTimeAndNeverInTheFuture() throws Exception {
        var series = new Series("latest-" + stream.epoch(), "m", "");
        var events = new ArrayList<Event>();
        for (long at : new long[] {5, 9, 7}) {
            events.add(new Event(series, NOON + at, new Value.Whole(at), Quality.GOOD));
        }
        store.append(Sent.batch(
                stream,
                1,
                events,
                Verdicts.builder().add(1, new Verdict.Future()).build()));
        store.settle();
        assertThat(store.store().derivation().latest())
                .filteredOn(v -> v.series().equals(series))
                .singleElement()
                .satisfies(v -> assertThat(v.value()).isEqualTo(new Value.Whole(7)));
    }

    @Test
    void bindsKeepTextFromBecomingSql() throws Exception {
        assertThat(store.query("SELECT site FROM events WHERE site = $1", "plant' OR 'a' = 'a"))
                .isEmpty();
        assertThat(store.query("SELECT site FROM events WHERE ts < $1 LIMIT 1", Instant.EPOCH))
                .isEmpty();
    }

    @Test
    void theLogKeepsEntriesAsTheyWereGiven() throws Exception {
        var entry = new LogEntry(
                EntryKind.REJECTED,
                "söte",
                "gw 1",
                "lane",
                3,
                4,
                5,
                -7,
                Long.MAX_VALUE,
                true,
                Verdicts.deadLetter(5, "reason", "détail"),
                "a/b",
                new byte[] {0, -1, 7});
        long position = store.append(entry, LogEntry.tick(NOON, 0, new byte[0]));
        try (var reader = store.store().log().read(position)) {
            var read = reader.next();
            assertThat(read).isNotNull();
            assertThat(read.position()).isEqualTo(position);
            assertThat(read.entry()).usingRecursiveComparison().isEqualTo(entry);
            var tick = reader.next();
            assertThat(tick).isNotNull();
            assertThat(tick.entry()).usingRecursiveComparison().isEqualTo(LogEntry.tick(NOON, 0, new byte[0]));
            assertThat(tick.committedMicros()).isEqualTo(read.committedMicros());
            assertThat(reader.next()).isNull();
        }
    }
}
