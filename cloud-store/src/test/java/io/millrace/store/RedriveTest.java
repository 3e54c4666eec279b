package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.StreamId;
import io.millrace.model.wire.Envelope;
import io.millrace.store.derive.RebuildTarget;
import io.millrace.store.ledger.LedgerView.PlainAccount;
import io.millrace.store.ledger.StreamAccount;
import io.millrace.store.log.Letter;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.Redrive;
import io.millrace.store.log.Verdict;
import io.millrace.store.log.Verdicts;
import io.millrace.store.sql.Row;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a dead letter that is driven again: the books stay right, and a rebuild comes to the same. */
class RedriveTest {
    private static final StreamId STREAM = Sent.STREAM;
    private static final Verdict.DeadLetter TOO_MANY = new Verdict.DeadLetter("too_many_series", "200001 series");
    private static final Verdict.DeadLetter NOT_FINITE = new Verdict.DeadLetter("not_finite", "value is NaN");

    @TempDir
    Path data;

    private TestStore store;

    @BeforeEach
    void open() throws Exception {
        store = TestStore.open(data);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void itIsStoredOnceAndNoDeadLetterAnyMore() throws Exception {
        store.append(Sent.batch(STREAM, 1, 4, dead(2, TOO_MANY)));
        Letter letter = onlyLetter();
        LogEntry again = new Redrive(letter, Sent.batch(STREAM, 3, 3)).logged();
        store.append(again, again);
        store.append(again);
        assertThat(letters()).containsExactly("3 too_many_series stored");
        assertBooked(4, 0);
        assertThat(store.query("SELECT seq FROM events WHERE flags = 2", row -> row.integer(0)))
                .as("driven again as backfill")
                .containsExactly(3L);
        assertRebuildChangesNothing();
    }

    @Test
    void whatFailsAgainStaysOneUnderItsIdWithItsNewReason() throws Exception {
        store.append(Sent.batch(STREAM, 1, 4, dead(2, TOO_MANY)));
        Letter letter = onlyLetter();
        store.append(new Redrive(letter, Sent.batch(STREAM, 3, 3, dead(0, NOT_FINITE))).logged());
        assertThat(letters()).containsExactly("3 not_finite null");
        assertThat(onlyLetter().position()).isEqualTo(letter.position());
        assertBooked(3, 1);
        assertRebuildChangesNothing();
    }

    @Test
    void aWholeMessageLeavesAndWhatIsStillUnfitInItHasALetterOfItsOwn() throws Exception {
        var envelope = new Envelope(STREAM, 1, 10, false, 0, 0, null);
        byte[] bytes = Sent.batch(STREAM, 1, 10).payload();
        store.append(LogEntry.rejectedInterval(envelope, Sent.NOON, "undecodable", "version 9", "a/b", bytes));
        assertBooked(0, 10);
        store.append(new Redrive(onlyLetter(), Sent.batch(STREAM, 1, 10, dead(6, NOT_FINITE))).logged());
        assertThat(letters()).containsExactly("1 undecodable stored", "7 not_finite null");
        assertBooked(9, 1);
        assertRebuildChangesNothing();
    }

    @Test
    void aReadingOfAPlainDeviceIsCountedAsOneOnlyOnce() throws Exception {
        LogEntry good = Sent.plain("tank", 5, 1.5);
        store.append(LogEntry.plain(
                "plant",
                "tank",
                good.epoch(),
                5,
                good.fromMicros(),
                dead(0, TOO_MANY),
                "millrace/v1/plant/tank/event/level",
                good.payload()));
        assertThat(plain())
                .extracting(PlainAccount::events, PlainAccount::deadLettered)
                .containsExactly(0L, 1L);
        LogEntry again = new Redrive(onlyLetter(), good).logged();
        store.append(again, again);
        assertThat(letters()).containsExactly("5 too_many_series stored");
        assertThat(plain())
                .extracting(PlainAccount::events, PlainAccount::deadLettered)
                .containsExactly(1L, 0L);
        assertThat(store.query("SELECT value FROM events WHERE device = 'tank'", row -> row.number(0)))
                .containsExactly(1.5);
        assertRebuildChangesNothing();
    }

    @Test
    void aMessageOfWhichNothingIsKnownKeepsItsBytes() throws Exception {
        byte[] bytes = "banana".getBytes(StandardCharsets.UTF_8);
        LogEntry rejected = LogEntry.rejected("plant", "tank", "plain", Sent.NOON, "malformed", "no", "t", bytes);
        store.append(rejected);
        store.append(new Redrive(
                        onlyLetter(),
                        LogEntry.rejected("plant", "tank", "plain", Sent.NOON, "not_json", "no number", "t", bytes))
                .logged());
        assertThat(letters()).containsExactly("null not_json null");
        assertThat(store.query("SELECT payload FROM dead_letters", row -> row.bytes(0)))
                .containsExactly(bytes);
        assertThat(plain().deadLettered()).isEqualTo(1);
    }

    private static Verdicts dead(int index, Verdict.DeadLetter why) {
        return Verdicts.builder().add(index, why).build();
    }

    private void assertBooked(long stored, long deadLettered) throws Exception {
        store.settle();
        StreamAccount account = store.store().ledger().streams(_ -> true).getFirst();
        assertThat(account.stored()).as("stored").isEqualTo(stored);
        assertThat(account.deadLettered()).as("dead letters").isEqualTo(deadLettered);
        assertThat(account.produced()).isEqualTo(stored + deadLettered);
        assertThat(store.audit().ok()).isTrue();
    }

    private PlainAccount plain() throws InterruptedException {
        store.settle();
        return store.store().ledger().plain();
    }

    private void assertRebuildChangesNothing() throws Exception {
        List<String> before = store.dump("events", "dead_letters");
        List<StreamAccount> accounts = store.store().ledger().streams(_ -> true);
        PlainAccount plain = plain();
        for (RebuildTarget target : List.of(RebuildTarget.EVENTS, RebuildTarget.LEDGER)) {
            store.store().derivation().rebuild(target).get();
        }
        assertThat(store.dump("events", "dead_letters")).isEqualTo(before);
        assertThat(store.store().ledger().streams(_ -> true)).isEqualTo(accounts);
        assertThat(plain()).isEqualTo(plain);
    }

    private List<String> letters() throws InterruptedException {
        return store.settle()
                .query(
                        "SELECT seq, reason, outcome FROM dead_letters ORDER BY ts, seq",
                        row -> "%s %s %s".formatted(known(row.integer(0)), row.text(1), row.text(2)));
    }

    private Letter onlyLetter() throws InterruptedException {
        List<Letter> letters = store.settle()
                .query(
                        "SELECT ts, position, seq, site, agent, lane, epoch, topic, reason, detail FROM dead_letters",
                        RedriveTest::letter);
        assertThat(letters).hasSize(1);
        return letters.getFirst();
    }

    private static Letter letter(Row row) {
        return new Letter(
                row.micros(0),
                row.integer(1),
                known(row.integer(2)),
                row.textOrEmpty(3),
                row.textOrEmpty(4),
                row.textOrEmpty(5),
                known(row.integer(6)),
                row.text(7),
                new Verdict.DeadLetter(row.textOrEmpty(8), row.textOrEmpty(9)));
    }

    private static @Nullable Long known(long value) {
        return value == Letter.UNKNOWN ? null : value;
    }
}
