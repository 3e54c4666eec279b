package io.millrace.agent.uplink;

import static io.millrace.agent.spool.SpoolFixture.events;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.agent.spool.LaneSpool;
import io.millrace.agent.spool.Spool;
import io.millrace.agent.spool.SpoolFixture;
import io.millrace.model.Event;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Topics;
import io.millrace.model.Value;
import io.millrace.model.wire.AgentStatus;
import io.millrace.model.wire.Receipt;
import io.millrace.model.wire.ReceiptCodec;
import io.millrace.model.wire.WireEncoder;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The uplink against a broker in memory, turn by turn, with time in the test's hand. */
class UplinkTest {
    /** After so long a lone event goes at once. */
    private static final Duration IDLE = Session.IDLE;

    private static final UplinkConfig CONFIG = UplinkConfig.of("plant-1", "gw-7", "test", 1000);

    private final SpoolFixture.ManualTime time = new SpoolFixture.ManualTime();
    private FakeBroker broker;
    private Spool spool;
    private LaneSpool telemetry;
    private LaneSpool alarm;
    private Uplink uplink;

    @BeforeEach
    void start() throws Exception {
        begin(new FakeBroker(), 7);
    }

    private void begin(FakeBroker with, int seed) throws Exception {
        broker = with;
        spool = SpoolFixture.inMemory(time);
        telemetry = spool.lane("telemetry");
        alarm = spool.lane("alarm");
        uplink = new Uplink(
                CONFIG,
                spool,
                broker,
                new WireEncoder(),
                new UplinkClock(time.wall(), time::nanos),
                new SplittableRandom(seed));
    }

    private void turn() {
        uplink.turn();
    }

    private void turnAfter(Duration pause) {
        time.forward(pause);
        turn();
    }

    private void connect() {
        awaitAttempt();
        accept(100);
    }

    private void awaitAttempt() {
        for (int i = 0; i < 700 && (broker.links() == 0 || broker.link().isClosed()); i++) {
            turnAfter(Duration.ofMillis(100));
        }
    }

    private void accept(int receiveMaximum) {
        broker.accept(receiveMaximum);
        turn();
        broker.acknowledgeAll(0);
        turn();
    }

    private void append(LaneSpool lane, long from, int count) {
        lane.append(events(from, count), null);
    }

    private void use(Backfill backfill) {
        uplink = new Uplink(
                UplinkConfig.of("plant-1", "gw-7", "test", backfill),
                spool,
                broker,
                new WireEncoder(),
                new UplinkClock(time.wall(), time::nanos),
                new SplittableRandom(7));
    }

    private static Backfill backfill(Backfill.Policy policy) {
        return new Backfill(policy, 1, 1_000_000, 1_000_000_000);
    }

    /** A backlog of an outage, then fresh events, then a connection: nothing is answered yet. */
    private void connectWithBacklog(int older, int fresh) {
        connectWithBacklog(older, fresh, 100);
    }

    private void connectWithBacklog(int older, int fresh, int receiveMaximum) {
        for (int from = 1; from <= older; from += 5000) {
            append(telemetry, from, Math.min(5000, older + 1 - from));
        }
        for (int i = 0; i < 100; i++) {
            turnAfter(Duration.ofMillis(100));
        }
        awaitAttempt();
        append(telemetry, older + 1, fresh);
        broker.accept(receiveMaximum);
        turn();
    }

    private List<Interval> ranges() {
        return broker.batches().stream().map(FakeBroker.Published::range).toList();
    }

    @Test
    void sendsALoneEventAtOnceAndForgetsItWithItsReceipt() {
        connect();
        append(telemetry, 1, 1);
        turn();
        assertThat(broker.batches()).singleElement().satisfies(sent -> {
            assertThat(sent.topic()).isEqualTo("millrace/v1/plant-1/gw-7/batch/telemetry");
            assertThat(sent.events().envelope().stream()).isEqualTo(telemetry.stream());
            assertThat(sent.events().envelope().backfill()).isFalse();
            assertThat(sent.events().events().events()).isEqualTo(events(1, 1));
        });
        broker.acknowledgeAll(0);
        turn();
        assertThat(spool.isDrained()).as("a PUBACK is no receipt").isFalse();
        broker.receipt(broker.batches().getFirst());
        turn();
        assertThat(spool.isDrained()).isTrue();
        assertThat(uplink.metrics().messagesInFlight()).isZero();
    }

    /** The one event is sent, and the receipt comes after that time. */
    private void receiptAfter(Duration delay) {
        broker.acknowledgeAll(0);
        time.forward(delay);
        broker.receipt(broker.batches().getLast());
        turn();
    }

    @Test
    void putsMoreIntoAMessageWhereReceiptsTakeLongButAlarmsWaitNoLonger() {
        sendThreeOfWhichOneWasReceiptedLate(); // smoothed 70 ms, so eight times as long as 40 ms that are too many
        append(telemetry, 4, 1);
        append(alarm, 1, 1);
        turnAfter(Duration.ZERO);
        turnAfter(Duration.ofMillis(5));
        assertThat(broker.batches())
                .extracting(FakeBroker.Published::topic)
                .last()
                .asString()
                .endsWith("/alarm");
        assertThat(broker.batches()).hasSize(4);
        append(telemetry, 5, 1);
        turnAfter(Duration.ofMillis(186));
        assertThat(broker.batches()).hasSize(4);
        turnAfter(Duration.ofMillis(129));
        assertThat(ranges()).last().isEqualTo(new Interval(4, 5));
    }

    /** A fleet that something has stopped for a moment would send together from then on, if all waited equally long. */
    @Test
    void noTwoAgentsWaitEquallyLong() throws Exception {
        Set<Integer> waits = new HashSet<>();
        for (int seed = 1; seed <= 8; seed++) {
            begin(new FakeBroker(), seed);
            sendThreeOfWhichOneWasReceiptedLate();
            append(telemetry, 4, 1);
            turn();
            int waited = 0;
            for (; broker.batches().size() == 3; waited++) {
                turnAfter(Duration.ofMillis(1));
            }
            assertThat(waited).isBetween(192, 320);
            waits.add(waited);
        }
        assertThat(waits).hasSizeGreaterThan(5);
    }

    private void sendThreeOfWhichOneWasReceiptedLate() {
        connect();
        append(telemetry, 1, 1);
        turn();
        receiptAfter(Duration.ofMillis(10));
        append(telemetry, 2, 1);
        turnAfter(IDLE);
        receiptAfter(Duration.ofMillis(490));
        append(telemetry, 3, 1);
        turn();
    }

    /** The receipts of all that was sent may well be there before the next batch has waited long enough. */
    @Test
    void aPauseIsNoReasonToSendAtOnceWhereABatchWaitsLongerThanThat() {
        sendThreeOfWhichOneWasReceiptedLate();
        receiptAfter(Duration.ofMillis(10)); // smoothed 62.5 ms, so eight times as long as 32.5 ms that are too many
        append(telemetry, 4, 1);
        turnAfter(IDLE);
        assertThat(broker.batches()).hasSize(3);
        append(telemetry, 5, 1);
        turnAfter(Duration.ofMillis(259));
        assertThat(ranges()).last().isEqualTo(new Interval(4, 5));
    }

    @Test
    void aLineThatIsSlowByItselfIsNoReasonToWaitForMoreEvents() {
        connect();
        for (int n = 1; n <= 20; n++) {
            append(telemetry, n, 1);
            turnAfter(IDLE);
            receiptAfter(Duration.ofMillis(100 + n % 20));
        }
        append(telemetry, 21, 1);
        turn();
        append(telemetry, 22, 1);
        turn();
        turnAfter(Duration.ofMillis(5));
        assertThat(ranges()).last().isEqualTo(new Interval(22, 22));
    }

    @Test
    void isWokenByAFullBatchButNotByEachEventThatJoinsIt() {
        connect();
        append(telemetry, 1, 1);
        turn();
        append(telemetry, 2, 1);
        turn();
        var wakes = new AtomicInteger();
        spool.onNews(wakes::incrementAndGet);
        for (int n = 3; n <= 500; n++) {
            append(telemetry, n, 1);
        }
        telemetry.flush();
        assertThat(wakes).hasValue(0);
        append(telemetry, 501, 1);
        append(telemetry, 502, 1);
        assertThat(wakes).hasValue(1);
        turn();
        assertThat(ranges()).containsExactly(new Interval(1, 1), new Interval(2, 501));
        append(telemetry, 503, 1);
        assertThat(wakes).as("it knows of the next batch already").hasValue(1);
    }

    @Test
    void isWokenByTheFirstEventAfterARest() {
        connect();
        turnAfter(Duration.ofSeconds(1));
        var wakes = new AtomicInteger();
        spool.onNews(wakes::incrementAndGet);
        append(telemetry, 1, 1);
        append(alarm, 1, 1);
        assertThat(wakes).hasValue(2);
    }

    @Test
    void collectsEventsForTheLingerWhenTheLinkIsBusy() {
        connect();
        append(telemetry, 1, 1);
        turn();
        append(telemetry, 2, 1);
        turn();
        append(telemetry, 3, 1);
        turnAfter(Duration.ofMillis(4));
        assertThat(ranges()).containsExactly(new Interval(1, 1));
        turnAfter(Duration.ofMillis(1));
        assertThat(ranges()).containsExactly(new Interval(1, 1), new Interval(2, 3));
    }

    @Test
    void sendsAFullBatchWithoutWaiting() {
        connect();
        append(telemetry, 1, 1);
        turn();
        append(telemetry, 2, 500);
        turn();
        assertThat(ranges()).containsExactly(new Interval(1, 1), new Interval(2, 501));
    }

    @Test
    void keepsWithinTheReceiveMaximumAndTheWindow() {
        awaitAttempt();
        accept(3);
        append(telemetry, 1, 10_000);
        for (int i = 0; i < 100; i++) {
            turnAfter(Duration.ofMillis(10));
            assertThat(uplink.metrics().messagesInFlight())
                    .isLessThanOrEqualTo(uplink.metrics().window());
            broker.acknowledgeAll(0);
            broker.receiptAll();
        }
        assertThat(broker.unansweredMax()).isLessThanOrEqualTo(3);
        assertThat(spool.isDrained()).isTrue();
        assertThat(uplink.metrics().window()).isGreaterThan(WindowSize.INITIAL);
    }

    @Test
    void sendsTheSameBytesAgainUntilThereIsAReceipt() {
        connect();
        append(telemetry, 1, 1);
        turn();
        broker.acknowledgeAll(0);
        turnAfter(Duration.ofMillis(4900));
        assertThat(broker.batches()).hasSize(1);
        for (int attempt = 2; attempt <= 12; attempt++) {
            turnAfter(Duration.ofSeconds(66));
            assertThat(broker.batches()).hasSize(attempt);
            broker.acknowledgeAll(0);
            turn();
        }
        assertThat(broker.batches())
                .extracting(FakeBroker.Published::payload)
                .allSatisfy(bytes ->
                        assertThat(bytes).isEqualTo(broker.batches().getFirst().payload()));
        assertThat(uplink.metrics().messagesResent()).isEqualTo(11);
        assertThat(uplink.metrics().window()).isEqualTo(1);
    }

    @Test
    void waitsNoLongerForAReceiptBecauseNobodyListenedBefore() {
        connect();
        append(telemetry, 1, 1);
        turn();
        for (int refusal = 0; refusal < 8; refusal++) {
            broker.acknowledgeAll(0x10);
            turn();
            turnAfter(Session.HOLD_MAX);
        }
        int sent = broker.batches().size();
        assertThat(sent).isGreaterThan(5);
        broker.acknowledgeAll(0);
        turn();
        turnAfter(Duration.ofMillis(5_600));
        assertThat(broker.batches()).as("sent again after one time-out").hasSize(sent + 1);
    }

    @Test
    void holdsWhenNobodyListensAndGoesOnWithOneMessageFirst() {
        connect();
        append(telemetry, 1, 3000);
        turn();
        int sent = broker.batches().size();
        assertThat(sent).isGreaterThan(3);
        broker.acknowledgeAll(0x10);
        turn();
        assertThat(broker.batches()).hasSize(sent);
        turnAfter(Duration.ofMillis(251));
        assertThat(broker.batches()).as("one probe").hasSize(sent + 1);
        broker.acknowledgeAll(0x10);
        turn();
        turnAfter(Duration.ofMillis(249));
        assertThat(broker.batches()).as("back-off grows").hasSize(sent + 1);
        turnAfter(Duration.ofMillis(252));
        assertThat(broker.batches()).hasSize(sent + 2);
        settleAll();
        assertThat(spool.isDrained()).isTrue();
    }

    @Test
    void holdsWhenTheBrokerRefuses() {
        connect();
        append(telemetry, 1, 1);
        turn();
        broker.acknowledgeAll(0x97);
        turn();
        turnAfter(Duration.ofMillis(251));
        assertThat(broker.batches()).hasSize(2);
        assertThat(uplink.metrics().messagesHeld()).isEqualTo(1);
    }

    private void settleAll() {
        for (int i = 0; i < 1000 && !spool.isDrained(); i++) {
            broker.acknowledgeAll(0);
            broker.receiptAll();
            turnAfter(Duration.ofMillis(20));
        }
    }

    @Test
    void acceptsReceiptsInPiecesInAnyOrderAndTwice() {
        connect();
        append(telemetry, 1, 100);
        turn();
        long epoch = telemetry.stream().epoch();
        broker.receipt("telemetry", epoch, new Interval(60, 100));
        broker.receipt("telemetry", epoch, new Interval(60, 100));
        broker.receipt("alarm", epoch, new Interval(1, 59));
        broker.receipt("telemetry", 4711, new Interval(1, 59));
        turn();
        assertThat(uplink.metrics().messagesInFlight()).isEqualTo(1);
        broker.receipt("telemetry", epoch, new Interval(1, 70));
        turn();
        assertThat(uplink.metrics().messagesInFlight()).isZero();
        assertThat(spool.isDrained()).isTrue();
    }

    @Test
    void countsAndForgetsAMalformedReceipt() {
        connect();
        broker.link().listener().received(Topics.receipt("plant-1", "gw-7", "telemetry"), new byte[] {'{'});
        broker.link().listener().received("other/topic", new byte[0]);
        turn();
        assertThat(uplink.metrics().receiptsMalformed()).isEqualTo(2);
    }

    @Test
    void sendsAlarmsBeforeTelemetryAndKeepsAPlaceForThem() {
        connect();
        append(telemetry, 1, 10_000);
        append(alarm, 1, 1);
        turn();
        assertThat(lanes().getFirst()).isEqualTo("alarm");
        int sent = broker.batches().size();
        append(alarm, 2, 1);
        turn();
        turnAfter(Duration.ofMillis(5));
        assertThat(lanes()).hasSize(sent + 1).last().isEqualTo("alarm");
    }

    private List<String> lanes() {
        return broker.batches().stream()
                .map(batch -> batch.events().envelope().stream().lane())
                .toList();
    }

    @Test
    void sendsFreshEventsFirstAfterAnOutageAndTheBacklogBesideThemAtItsRate() {
        connect();
        broker.lose();
        turn();
        append(telemetry, 1, 5000);
        for (int i = 0; i < 200; i++) {
            turnAfter(Duration.ofMillis(100));
        }
        awaitAttempt();
        append(telemetry, 5001, 10);
        accept(100);
        FakeBroker.Published first = broker.batches().getFirst();
        assertThat(first.range()).isEqualTo(new Interval(5001, 5010));
        assertThat(first.events().envelope().backfill()).isFalse();
        assertThat(broker.batches().get(1).range()).isEqualTo(new Interval(1, 500));
        assertThat(broker.batches().get(1).events().envelope().backfill()).isTrue();
        long startedAt = time.nanos();
        settleAll();
        assertThat(spool.isDrained()).isTrue();
        assertThat(Duration.ofNanos(time.nanos() - startedAt)).isGreaterThan(Duration.ofSeconds(4));
    }

    @Test
    void historyFirstSendsAllInTheOrderInWhichItCame() {
        use(backfill(Backfill.Policy.HISTORY_FIRST));
        connectWithBacklog(5000, 10);
        assertThat(ranges()).hasSize(WindowSize.INITIAL - 1).first().isEqualTo(new Interval(1, 500));
        settleAll();
        assertThat(spool.isDrained()).isTrue();
        long expected = 1;
        for (Interval range : ranges()) {
            assertThat(range.first()).isEqualTo(expected);
            expected = range.last() + 1;
        }
        assertThat(expected).isEqualTo(5011);
        append(telemetry, 5011, 1);
        turnAfter(Duration.ofSeconds(1));
        assertThat(ranges().getLast()).as("then live again").isEqualTo(new Interval(5011, 5011));
        assertThat(broker.batches().getLast().events().envelope().backfill()).isFalse();
    }

    @Test
    void historyFirstOfOneLaneDoesNotHoldAnotherUp() {
        use(backfill(Backfill.Policy.HISTORY_FIRST));
        connectWithBacklog(20_000, 10);
        append(alarm, 1, 1);
        broker.acknowledgeAll(0);
        broker.receipt(broker.batches().getFirst());
        turn();
        turnAfter(Duration.ofMillis(5));
        assertThat(lanes()).contains("alarm");
        assertThat(ranges()).doesNotContain(new Interval(20_001, 20_010));
    }

    @Test
    void interleavingGivesBothTheirShareOfABusyLink() {
        use(new Backfill(Backfill.Policy.INTERLEAVE, 3, 1_000_000, 1_000_000_000));
        connectWithBacklog(200_000, 10, 9);
        int from = 200_011;
        for (int i = 0; i < 60; i++) {
            append(telemetry, from, 2000);
            from += 2000;
            turnAfter(Duration.ofMillis(10));
            broker.acknowledgeAll(0);
            broker.receiptAll();
        }
        long history = broker.batches().stream()
                .filter(b -> b.events().envelope().backfill())
                .count();
        long live = broker.batches().size() - history;
        assertThat(live).isGreaterThan(20);
        assertThat((double) history / live).isBetween(2.5, 3.5);
    }

    @Test
    void interleavingLeavesTheLinkToLiveEventsOnceThereIsNoBacklog() {
        use(new Backfill(Backfill.Policy.INTERLEAVE, 100, 1_000_000, 1_000_000_000));
        connectWithBacklog(1000, 10);
        settleAll();
        assertThat(spool.isDrained()).isTrue();
        append(telemetry, 1011, 3000);
        turnAfter(Duration.ofMillis(10));
        settleAll();
        assertThat(spool.isDrained()).isTrue();
        assertThat(broker.batches())
                .filteredOn(b -> b.range().first() > 1010)
                .hasSize(6)
                .allSatisfy(b -> assertThat(b.events().envelope().backfill()).isFalse());
    }

    @Test
    void newestFirstDrainsTheBacklogFromItsNewestFileBack() throws Exception {
        spool = SpoolFixture.inMemory(time, 16 << 20);
        telemetry = spool.lane("telemetry");
        use(backfill(Backfill.Policy.NEWEST_FIRST));
        connectWithBacklog(250_000, 10);
        assertThat(telemetry.metrics().segments()).isGreaterThan(2);
        assertThat(ranges().getFirst()).isEqualTo(new Interval(250_001, 250_010));
        settleAll();
        assertThat(spool.isDrained()).isTrue();
        List<Interval> backlog = ranges().subList(1, ranges().size());
        assertThat(backlog).as("each event once").hasSameSizeAs(new HashSet<>(backlog));
        long jumpsBack = 0;
        for (int i = 1; i < backlog.size(); i++) {
            jumpsBack += backlog.get(i).first() < backlog.get(i - 1).first() ? 1 : 0;
        }
        assertThat(jumpsBack).as("once for each file but the newest").isBetween(2L, 20L);
        assertThat(backlog.getLast().last()).as("the oldest file came last").isLessThan(125_000);
        assertThat(backlog.getFirst().first()).isGreaterThan(125_000);
    }

    @Test
    void theBacklogKeepsWithinItsBytesPerSecond() {
        use(new Backfill(Backfill.Policy.LIVE_FIRST, 1, 1_000_000, 20_000));
        connectWithBacklog(60_000, 10);
        long startedAt = time.nanos();
        settleAll();
        assertThat(spool.isDrained()).isTrue();
        long bytes = broker.batches().stream()
                .filter(b -> b.events().envelope().backfill())
                .mapToLong(b -> b.payload().length)
                .sum();
        double seconds = (time.nanos() - startedAt) / 1e9;
        assertThat(bytes).as("enough for the cap to matter").isGreaterThan(40_000);
        assertThat(bytes / seconds).isLessThan(25_000);
    }

    @Test
    void tellsItsBacklogHowFastItDrainsAndWhenItWillBeGone() {
        use(Backfill.liveFirst(1000));
        connectWithBacklog(30_000, 10);
        assertThat(broker.statuses().getFirst().backlog()).isEqualTo(new AgentStatus.Backlog(30_000, 0));
        for (int i = 0; i < 1010; i++) {
            broker.acknowledgeAll(0);
            broker.receiptAll();
            turnAfter(Duration.ofMillis(10));
        }
        AgentStatus.Backlog told = requireNonNull(broker.statuses().getLast().backlog());
        assertThat(told.events()).isBetween(19_000L, 21_000L);
        assertThat(told.drainedPerSecond()).isBetween(900L, 1_100L);
        assertThat(told.etaSeconds()).isBetween(17L, 23L);
    }

    @Test
    void leavesWhatItCannotSendInTimeToTheBackfill() {
        connect();
        append(telemetry, 1, 10_000);
        for (int i = 0; i < 80; i++) {
            turnAfter(Duration.ofMillis(100));
            broker.acknowledgeAll(0);
        }
        append(telemetry, 10_001, 5);
        turnAfter(Duration.ofMillis(10));
        settleAll();
        assertThat(spool.isDrained()).isTrue();
        assertThat(broker.batches())
                .filteredOn(batch -> batch.range().equals(new Interval(10_001, 10_005)))
                .allSatisfy(b -> assertThat(b.events().envelope().backfill()).isFalse())
                .isNotEmpty();
        assertThat(broker.batches())
                .anySatisfy(b -> assertThat(b.events().envelope().backfill()).isTrue());
    }

    @Test
    void sendsWhatHasNoReceiptAgainOnTheNextConnectionAndNothingElse() {
        connect();
        append(telemetry, 1, 1000);
        turn();
        broker.receipt("telemetry", telemetry.stream().epoch(), new Interval(1, 700));
        turn();
        broker.lose();
        broker.batches().clear();
        turn();
        connect();
        assertThat(ranges()).containsExactly(new Interval(701, 1000));
        assertThat(broker.links()).isEqualTo(2);
    }

    @Test
    void hearsNothingOfALinkThatIsOver() {
        connect();
        FakeBroker.Link old = broker.link();
        broker.lose();
        turn();
        connect();
        append(telemetry, 1, 1);
        turn();
        old.listener().lost("late");
        old.listener().acknowledged(1, 0x97);
        turn();
        assertThat(uplink.metrics().state()).isEqualTo("online");
        assertThat(uplink.metrics().messagesHeld()).isZero();
    }

    @Test
    void givesUpAConnectionOnWhichTheBrokerDoesNotAnswer() {
        connect();
        append(telemetry, 1, 1);
        turn();
        turnAfter(Duration.ofSeconds(31));
        turn();
        assertThat(broker.link().isClosed()).isTrue();
        assertThat(uplink.metrics().state()).isEqualTo("waiting");
    }

    @Test
    void givesUpAConnectionAttemptThatIsNeverAnswered() {
        turn();
        assertThat(broker.links()).isEqualTo(1);
        turnAfter(Duration.ofSeconds(10));
        assertThat(broker.link().isClosed()).isTrue();
        turnAfter(Duration.ofSeconds(1));
        assertThat(broker.links()).isEqualTo(2);
    }

    @Test
    void declaresARefusedEventAndSettlesItLikeOne() {
        connect();
        telemetry.append(
                List.of(new Event(new Series("d", "m", ""), 5, new Value.Text("x".repeat(70_000)), Quality.GOOD)),
                null);
        turn();
        assertThat(broker.batches())
                .singleElement()
                .satisfies(batch -> assertThat(batch.gaps().gaps())
                        .containsExactly(new Gap(telemetry.stream(), new Interval(1, 1), Gap.Reason.REFUSED, 5, 5)));
        broker.receipt("telemetry", telemetry.stream().epoch(), new Interval(1, 1));
        turn();
        assertThat(spool.isDrained()).isTrue();
    }

    @Test
    void tellsItsStatusOnConnectingThenEveryTenSecondsWhileItChangesAndAtTheEnd() {
        connect();
        assertThat(broker.statuses()).singleElement().satisfies(status -> {
            assertThat(status.online()).isTrue();
            assertThat(status.epochs()).isEmpty();
        });
        turnAfter(Duration.ofSeconds(11));
        assertThat(broker.statuses()).hasSize(1);
        append(telemetry, 1, 10);
        turn();
        turn();
        broker.acknowledgeAll(0);
        turnAfter(Duration.ofSeconds(10));
        assertThat(broker.statuses()).hasSizeBetween(2, 3);
        AgentStatus.Epoch told = broker.statuses().getLast().epochs().getLast();
        assertThat(told.produced()).isEqualTo(10);
        assertThat(told.held()).containsExactly(new Interval(1, 10));

        broker.acknowledgeAll(0);
        uplink.beginToClose();
        turn();
        assertThat(broker.statuses().getLast().online()).isFalse();
        assertThat(broker.statuses().getLast().epochs()).hasSize(1);
        broker.acknowledgeAll(0);
        turn();
        assertThat(uplink.metrics().state()).isEqualTo("closed");
    }

    @Test
    void holdsEverythingForAGatewayThatIsTooOld() {
        connect();
        append(telemetry, 1, 10);
        turn();
        broker.acknowledgeAll(0);
        broker.link()
                .listener()
                .received(
                        Topics.receipt("plant-1", "gw-7", "telemetry"),
                        ReceiptCodec.encode(
                                new Receipt.Unsupported(telemetry.stream().epoch(), 0)));
        turn();
        append(telemetry, 11, 10);
        turnAfter(Duration.ofSeconds(30));
        assertThat(broker.batches()).hasSize(1);
        turnAfter(Duration.ofSeconds(31));
        assertThat(broker.batches()).hasSizeGreaterThan(1);
    }
}
