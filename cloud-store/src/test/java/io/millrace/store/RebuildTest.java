package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.StreamId;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.derive.RebuildTarget;
import io.millrace.store.ledger.StreamAccount;
import io.millrace.store.log.Closing;
import io.millrace.store.log.Letter;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.Redrive;
import io.millrace.store.log.Verdict;
import io.millrace.store.log.Verdicts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Same log, same answer: whichever way the read models came about. */
class RebuildTest {
    private static final long SEED = 7;
    private static final String[] TABLES = {"events", "gaps", "dead_letters", "windows", "alert_transitions"};

    @TempDir
    Path data;

    private record State(List<String> rows, List<StreamAccount> accounts, Object plain, List<?> latest) {}

    @Test
    void everyWayOfDerivingComesToTheSame() throws Exception {
        State live;
        try (var store = open()) {
            for (List<LogEntry> commit : history()) {
                store.append(commit.toArray(LogEntry[]::new));
            }
            live = state(store);
            assertThat(live.rows.size()).isGreaterThan(3_000);
            for (RebuildTarget target : RebuildTarget.values()) {
                long until = store.store().derivation().rebuild(target).get();
                assertThat(until).isEqualTo(store.store().log().head());
                assertSame("rebuild " + target, live, state(store));
            }
            rebuildsUnderFire(store);
            live = state(store);
        }
        try (var store = open()) {
            assertSame("restart from the checkpoint", live, state(store));
        }
        damage(data.resolve("store/checkpoint"));
        try (var store = open()) {
            assertSame("restart with a damaged checkpoint", live, state(store));
        }
        Files.delete(data.resolve("store/checkpoint"));
        try (var store = open()) {
            assertSame("restart without a checkpoint", live, state(store));
        }
    }

    private TestStore open() throws Exception {
        return TestStore.open(data, new Counting(), LiveListener.none());
    }

    /** Appends go on while a rebuild runs, and lose nothing by it. */
    private static void rebuildsUnderFire(TestStore store) throws Exception {
        var stream = new StreamId("plant", "late", "telemetry", 77);
        var done = store.store().derivation().rebuild(RebuildTarget.EVENTS);
        for (int i = 0; i < 20; i++) {
            store.append(Sent.batch(stream, i * 10 + 1, i * 10 + 10));
        }
        done.get();
        store.settle();
        assertThat(store.query("SELECT device FROM events WHERE epoch = 77")).hasSize(200);
        assertThat(store.audit().lanes())
                .filteredOn(lane -> lane.stream().equals(stream))
                .singleElement()
                .satisfies(
                        lane -> assertThat(lane.missing() + lane.duplicated()).isZero());
    }

    private static State state(TestStore store) throws Exception {
        List<String> rows = store.dump(TABLES);
        List<?> latest = store.store().derivation().latest().stream()
                .map(Object::toString)
                .sorted()
                .toList();
        var ledger = store.store().ledger();
        return new State(rows, ledger.streams(_ -> true), ledger.plain(), latest);
    }

    /** Shows the rows that differ, not the thousands that do not. */
    private static void assertSame(String what, State expected, State actual) {
        var lost = new ArrayList<>(expected.rows);
        lost.removeAll(new HashSet<>(actual.rows));
        var added = new ArrayList<>(actual.rows);
        added.removeAll(new HashSet<>(expected.rows));
        assertThat(lost).as(what + ": rows that are gone").isEmpty();
        assertThat(added).as(what + ": rows that were not there").isEmpty();
        assertThat(actual.rows).as(what + ": rows").hasSameSizeAs(expected.rows);
        assertThat(actual.accounts).as(what + ": accounts").isEqualTo(expected.accounts);
        assertThat(actual.plain).as(what + ": plain devices").isEqualTo(expected.plain);
        assertThat(actual.latest).as(what + ": latest values").isEqualTo(expected.latest);
    }

    private static void damage(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    /** Batches in and out of order, repeats, gaps, dead letters, plain readings and ticks, in commits of any size. */
    private static List<List<LogEntry>> history() {
        var random = new SplittableRandom(SEED);
        var commits = new ArrayList<List<LogEntry>>();
        for (int i = 0; i < 90; i++) {
            var commit = new ArrayList<LogEntry>();
            for (int j = random.nextInt(1, 5); j > 0; j--) {
                commit.add(entry(random));
            }
            commits.add(commit);
        }
        return commits;
    }

    private static LogEntry entry(SplittableRandom random) {
        var stream = new StreamId("plant", "gw-" + random.nextInt(3), "telemetry", random.nextInt(2) + 1);
        long first = random.nextInt(1, 2_000);
        return switch (random.nextInt(10)) {
            case 0 -> Sent.gap(stream, first, first + random.nextInt(50), Gap.Reason.DISK_FULL);
            case 1 ->
                Sent.batch(
                        stream,
                        first,
                        first + 20,
                        Verdicts.builder()
                                .add(random.nextInt(10), new Verdict.DeadLetter("not_finite", "NaN"))
                                .add(15, new Verdict.Future())
                                .build());
            case 2 -> Sent.plain("tank", random.nextInt(20), 1);
            case 3 -> Sent.status(stream, random.nextBoolean(), first + 100);
            case 6 -> closing(stream, first);
            case 5 -> redrive(stream, first, random.nextBoolean());
            case 4 -> LogEntry.tick(Sent.NOON + first, random.nextInt(3), new byte[0]);
            default -> Sent.batch(stream, first, first + random.nextInt(1, 100));
        };
    }

    private static LogEntry closing(StreamId stream, long first) {
        var range = new Interval(first, first + 30);
        return new Closing(
                        stream,
                        List.of(new Gap(stream, range, Gap.Reason.CLOSED, Sent.NOON, Sent.NOON)),
                        "copied spool")
                .logged();
    }

    /** Of a letter that may or may not be one. */
    private static LogEntry redrive(StreamId stream, long sequence, boolean fails) {
        var why = new Verdict.DeadLetter("not_finite", "NaN");
        var letter = new Letter(
                Sent.NOON + sequence,
                sequence,
                sequence,
                stream.site(),
                stream.agent(),
                stream.lane(),
                stream.epoch(),
                null,
                why);
        Verdicts verdicts = fails ? Verdicts.deadLetter(1, "too_old", "still") : Verdicts.NONE;
        return new Redrive(letter, Sent.batch(stream, sequence, sequence, verdicts)).logged();
    }
}
