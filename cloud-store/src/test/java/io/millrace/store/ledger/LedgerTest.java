package io.millrace.store.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.StreamId;
import io.millrace.model.wire.AgentStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {
    private static final StreamId STREAM = new StreamId("plant", "gw", "telemetry", 7);
    private static final long TOP = 60;

    private final Ledger ledger = new Ledger();

    /** The same books kept the slow and obvious way: one fate per sequence. */
    private static final class Naive {
        private final Set<Long> stored = new HashSet<>();
        private final Set<Long> dead = new HashSet<>();
        private final Map<Long, Gap.Reason> gaps = new HashMap<>();
        private Set<Long> held = new HashSet<>();
        private long cut;

        void store(long s) {
            stored.add(s);
            dead.remove(s);
            gaps.remove(s);
        }

        void deadLetter(long s) {
            if (!stored.contains(s)) {
                dead.add(s);
                gaps.remove(s);
            }
        }

        void gap(long s, Gap.Reason reason) {
            if (!stored.contains(s) && !dead.contains(s)) {
                gaps.putIfAbsent(s, reason);
            }
        }

        StreamAccount account() {
            long produced = cut;
            for (Set<Long> set : List.of(stored, dead, gaps.keySet(), held)) {
                produced = Math.max(produced, set.stream().max(Long::compare).orElse(0L));
            }
            long waiting = 0;
            long missing = 0;
            for (long s = 1; s <= produced; s++) {
                if (!stored.contains(s) && !dead.contains(s) && !gaps.containsKey(s)) {
                    boolean waits = held.contains(s) || s > cut;
                    waiting += waits ? 1 : 0;
                    missing += waits ? 0 : 1;
                }
            }
            var dropped = new EnumMap<Gap.Reason, Long>(Gap.Reason.class);
            gaps.values().forEach(reason -> dropped.merge(reason, 1L, Long::sum));
            return new StreamAccount(STREAM, produced, stored.size(), dead.size(), dropped, waiting, missing, 0, 0, -1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void agreesWithBooksThatKeepEverySequenceByItself(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var naive = new Naive();
        Ledger books = ledger;
        for (int step = 0; step < 300; step++) {
            long first = random.nextLong(1, TOP);
            long last = random.nextLong(first, TOP + 1);
            switch (random.nextInt(5)) {
                case 0, 1 -> store(books, naive, first, last);
                case 2 -> deadLetter(books, naive, first, last);
                case 3 -> gap(books, naive, first, last, Gap.Reason.values()[random.nextInt(2)]);
                default -> status(books, naive, first, last);
            }
            assertThat(books.streams(_ -> true))
                    .as("seed %d, step %d", seed, step)
                    .containsExactly(naive.account());
            assertThat(naive.account().produced()).isEqualTo(sum(naive.account()));
            if (step % 50 == 0) {
                books = Ledger.read(new DataInputStream(new ByteArrayInputStream(bytes(books))));
            }
        }
    }

    private static long sum(StreamAccount a) {
        long dropped = a.dropped().values().stream().mapToLong(Long::longValue).sum();
        return a.stored() + a.deadLettered() + dropped + a.waiting() + a.missing();
    }

    private static void store(Ledger books, Naive naive, long first, long last) {
        Ledger.Booked booked = books.book(STREAM, List.of(new Interval(first, last)), List.of());
        var fresh = new ArrayList<Long>();
        booked.stored().forEach(i -> {
            for (long s = i.first(); s <= i.last(); s++) {
                fresh.add(s);
            }
        });
        for (long s = first; s <= last; s++) {
            assertThat(fresh.contains(s)).isEqualTo(!naive.stored.contains(s));
            naive.store(s);
        }
    }

    private static void deadLetter(Ledger books, Naive naive, long first, long last) {
        books.book(STREAM, List.of(), List.of(new Interval(first, last)));
        for (long s = first; s <= last; s++) {
            naive.deadLetter(s);
        }
    }

    private static void gap(Ledger books, Naive naive, long first, long last, Gap.Reason reason) {
        books.gap(new Gap(STREAM, new Interval(first, last), reason, 0, 0));
        for (long s = first; s <= last; s++) {
            naive.gap(s, reason);
        }
    }

    private static void status(Ledger books, Naive naive, long heldFrom, long produced) {
        var epoch = new AgentStatus.Epoch(
                STREAM.lane(), STREAM.epoch(), produced, List.of(new Interval(heldFrom, produced)));
        books.status(STREAM.site(), STREAM.agent(), new AgentStatus(true, 0, "1", List.of(epoch)), 0);
        naive.cut = Math.max(naive.cut, produced);
        naive.held = new HashSet<>();
        for (long s = heldFrom; s <= produced; s++) {
            naive.held.add(s);
        }
    }

    private static byte[] bytes(Ledger books) throws IOException {
        var bytes = new ByteArrayOutputStream();
        books.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    @Test
    void whatADrainedEpochHeldAndNeverSentIsMissing() {
        ledger.book(STREAM, List.of(new Interval(1, 5)), List.of());
        status(ledger, new Naive(), 6, 10);
        assertThat(account().waiting()).isEqualTo(5);
        var other = new AgentStatus.Epoch(STREAM.lane(), 8, 3, List.of());
        ledger.status(STREAM.site(), STREAM.agent(), new AgentStatus(true, 0, "1", List.of(other)), 0);
        assertThat(account().waiting()).isZero();
        assertThat(account().missing()).isEqualTo(5);
    }

    @Test
    void aLastWillSaysThatTheAgentIsOfflineAndNothingElse() {
        status(ledger, new Naive(), 6, 10);
        ledger.status(STREAM.site(), STREAM.agent(), new AgentStatus(false, 0, "1", List.of()), 5);
        assertThat(ledger.agents()).singleElement().satisfies(agent -> {
            assertThat(agent.online()).isFalse();
            assertThat(agent.seenMicros()).isEqualTo(5);
        });
        assertThat(account().waiting()).isEqualTo(5);
    }

    @Test
    void aStatusOvertakenOnTheWaySaysNothingButAClockSetBackDoesNotSilenceAnAgent() {
        status(1_000_000_000, 10);
        status(999_000_000, 5);
        assertThat(account().waiting()).isEqualTo(10);
        status(10_000_000, 11);
        assertThat(account().waiting()).isEqualTo(11);
    }

    private void status(long sentAtMicros, long held) {
        var epoch = new AgentStatus.Epoch(STREAM.lane(), STREAM.epoch(), held, List.of(new Interval(1, held)));
        ledger.status(STREAM.site(), STREAM.agent(), new AgentStatus(true, sentAtMicros, "1", List.of(epoch)), 0);
    }

    @Test
    void anOpenGapEndsWhereTheEpochDoes() {
        ledger.book(STREAM, List.of(new Interval(1, 5)), List.of());
        ledger.gap(new Gap(STREAM, new Interval(6, Long.MAX_VALUE), Gap.Reason.UNSYNCED_LOSS, 0, 0));
        assertThat(account().produced()).isEqualTo(5);
        assertThat(account().dropped()).isEqualTo(Map.of(Gap.Reason.UNSYNCED_LOSS, 0L));
        assertThat(account().missing()).isZero();
    }

    @Test
    void atItsLimitAStreamVouchesForNothingMore() {
        for (long s = 1; s < 2L * Ledger.INTERVALS_MAX; s += 2) {
            ledger.book(STREAM, List.of(new Interval(s, s)), List.of());
        }
        assertThat(ledger.overLimit()).isZero();
        long far = 10L * Ledger.INTERVALS_MAX;
        ledger.book(STREAM, List.of(new Interval(far, far)), List.of());
        assertThat(ledger.overLimit()).isEqualTo(1);
        assertThat(account().stored()).isEqualTo(Ledger.INTERVALS_MAX);
        ledger.book(STREAM, List.of(new Interval(2, 2)), List.of());
        assertThat(account().stored()).as("what closes a hole is taken").isEqualTo(Ledger.INTERVALS_MAX + 1);
    }

    private StreamAccount account() {
        return ledger.streams(a -> a.stream().equals(STREAM)).getFirst();
    }
}
