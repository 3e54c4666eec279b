package io.millrace.projections;

import static io.millrace.projections.AlertTransition.Kind.CLEARED;
import static io.millrace.projections.AlertTransition.Kind.CONFIRMED;
import static io.millrace.projections.AlertTransition.Kind.RAISED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Glob;
import io.millrace.projections.Condition.NoData;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.Rule.WindowValue;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

final class AlertsTest {
    private static final Rule HOT = reading(new Threshold(Side.ABOVE, 80, 78, 0));
    private static final Rule HOT_FOR_A_MINUTE = reading(new Threshold(Side.ABOVE, 80, 78, 60 * Feed.SECOND));
    private static final Rule MINUTE_HOT = window(WindowSpec.ONE_MINUTE, 0);
    private static final Rule SILENT = reading(new NoData(300 * Feed.SECOND));

    @Test
    void raisesBeyondTheLimitAndClearsAtTheOtherOne() {
        var feed = new Feed(HOT)
                .live(0, 80)
                .live(1, 81)
                .live(2, 79)
                .live(3, 81)
                .live(4, 78)
                .live(5, 80);
        transitions(feed).containsExactly(t(RAISED, 1, 81), t(CLEARED, 4, 78));
        assertThat(feed.out.transitions.getFirst().detail()).isEqualTo("value is 81, above 80");
        assertThat(feed.out.transitions.getLast().detail()).isEqualTo("value is 78, cleared at 78");
        assertThat(feed.out.transitions).extracting(AlertTransition::limit).containsExactly(80.0, 78.0);
        assertThat(feed.out.transitions).allMatch(t -> !t.retroactive());
    }

    @Test
    void raisesBelowTheLimitToo() {
        var rule = reading(new Threshold(Side.BELOW, 3, 4, 0));
        transitions(new Feed(rule).live(0, 3).live(1, 2.9).live(2, 3.9).live(3, 4))
                .containsExactly(t(RAISED, 1, 2.9), t(CLEARED, 3, 4));
    }

    @Test
    void raisesOnlyWhatStaysBadForTheWholeDuration() {
        transitions(new Feed(HOT_FOR_A_MINUTE)
                        .live(0, 81)
                        .live(59, 81)
                        .live(59.5, 80) // within the limit again: starts anew
                        .live(60, 81)
                        .live(119.9, 81)
                        .live(120, 82)
                        .live(121, 70))
                .containsExactly(t(RAISED, 120, 82), t(CLEARED, 121, 70));
    }

    @Test
    void anAlertKeepsItsIdFromRaisedToClearedAndItsTransitionsHaveTheirOwn() {
        var feed = new Feed(HOT).live(1, 81).live(2, 70).live(3, 81);
        List<AlertTransition> t = feed.out.transitions;
        assertThat(t.get(0).id()).isEqualTo(t.get(0).alert());
        assertThat(t.get(1).alert()).isEqualTo(t.get(0).alert());
        assertThat(t).extracting(AlertTransition::id).doesNotHaveDuplicates();
        assertThat(feed.engine.openAlerts()).singleElement().satisfies(open -> {
            assertThat(open.alert()).isEqualTo(t.get(2).alert());
            assertThat(open.sinceMicros()).isEqualTo(Feed.START + 3 * Feed.SECOND);
        });
    }

    @Test
    void readingsOutOfOrderDoNotTurnAnAlertBack() {
        transitions(new Feed(HOT).live(0, 70).live(10, 81).live(5, 70).live(11, 79))
                .containsExactly(t(RAISED, 10, 81));
    }

    @Test
    void judgesAWindowWhenItCloses() {
        var feed = new Feed(MINUTE_HOT).live(0, 70).live(1, 100).live(60, 70);
        transitions(feed).containsExactly(t(RAISED, 60, 85));
        assertThat(feed.out.transitions.getFirst().detail()).isEqualTo("mean of 1m is 85, above 80");
        transitions(feed.live(120, 0)).containsExactly(t(RAISED, 60, 85), t(CLEARED, 120, 70));
    }

    @Test
    void judgesHoppingWindowsAtEachHop() {
        var rule = window(new WindowSpec(60 * Feed.SECOND, 20 * Feed.SECOND), 0);
        var feed = new Feed(rule);
        for (int s = 0; s <= 160; s++) {
            feed.live(s, s < 100 ? 0 : 200);
        }
        assertThat(feed.out.transitions)
                .singleElement()
                .satisfies(
                        t -> { // 80 to 140 holds 40 s of 200
                            assertThat(t.timeMicros()).isEqualTo(Feed.START + 140 * Feed.SECOND);
                            assertThat(t.value()).isCloseTo(400 / 3.0, within(1e-9));
                        });
    }

    @Test
    void aCorrectionTakesAnAlertBackAndIsMarked() {
        var feed = new Feed(MINUTE_HOT)
                .tick(0)
                .live(0, 81)
                .live(60, 70)
                .live(30, 77)
                .tick(61);
        transitions(feed).containsExactly(t(RAISED, 60, 81), t(CLEARED, 60, 79));
        assertThat(feed.out.transitions)
                .extracting(AlertTransition::retroactive)
                .containsExactly(false, true);
    }

    @Test
    void aCorrectionRaisesWhatTheFirstAnswerMissed() {
        var feed = new Feed(window(WindowSpec.ONE_MINUTE, 60));
        feed.tick(0).live(0, 81).live(60, 70).live(120, 70).live(100, 100).tick(121);
        transitions(feed).containsExactly(t(RAISED, 120, 85));
        assertThat(feed.out.transitions.getFirst().retroactive()).isTrue();
    }

    @Test
    void whatACorrectionRaisedIsConfirmedByThePresentAndOnlyThenMayDisturb() {
        var feed = new Feed(window(WindowSpec.ONE_MINUTE, 60));
        feed.tick(0).live(0, 81).live(60, 70).live(120, 90).live(100, 100).tick(121);
        assertThat(feed.engine.openAlerts())
                .singleElement()
                .satisfies(open -> assertThat(open.retroactive()).isTrue());
        feed.live(180, 79.5).live(240, 79.5);
        transitions(feed).containsExactly(t(RAISED, 120, 85), t(CONFIRMED, 180, 90));
        assertThat(feed.out.transitions)
                .extracting(AlertTransition::retroactive)
                .containsExactly(true, false);
        assertThat(feed.out.transitions)
                .extracting(AlertTransition::alert)
                .containsOnly(feed.out.transitions.getFirst().id());
        assertThat(feed.engine.openAlerts()).singleElement().satisfies(open -> {
            assertThat(open.retroactive()).isFalse();
            assertThat(open.sinceMicros()).isEqualTo(Feed.START + 120 * Feed.SECOND);
        });
    }

    @Test
    void whatBackfillRaisedInThePresentIsConfirmedAlsoBetweenLimitAndClear() {
        var feed = new Feed(HOT).backfill(0, 90).live(10, 79);
        transitions(feed).containsExactly(t(RAISED, 0, 90), t(CONFIRMED, 10, 79));
        assertThat(feed.out.transitions.getLast().detail()).isEqualTo("value is 90, above 80, came late; now it is 79");
    }

    @Test
    void historyFromBackfillIsToldApartFromThePresent() {
        var feed = new Feed(HOT).live(0, 70).live(7_200, 70);
        feed.backfill(100, 90).live(7_201, 90).backfill(200, 70).live(7_202, 91);
        transitions(feed).containsExactly(t(RAISED, 100, 90), t(RAISED, 7_201, 90), t(CLEARED, 200, 70));
        assertThat(feed.out.transitions)
                .extracting(AlertTransition::retroactive)
                .containsExactly(true, false, true);
        assertThat(feed.engine.openAlerts()).singleElement().hasFieldOrPropertyWithValue("value", 90.0);
    }

    @Test
    void backfillThatIsNewerThanAllThatWasSeenGoesOnWithThePresent() {
        var feed = new Feed(HOT).live(0, 90).backfill(10, 90).backfill(20, 70);
        transitions(feed).containsExactly(t(RAISED, 0, 90), t(CLEARED, 20, 70));
        assertThat(feed.engine.openAlerts()).isEmpty();
    }

    @Test
    void silenceIsRaisedByTicksAndClearedByAnyReading() {
        var feed = new Feed(SILENT).tick(0).live(0, 1).ticks(1, 299);
        transitions(feed).isEmpty();
        transitions(feed.ticks(300, 400)).containsExactly(t(RAISED, 300, 300));
        transitions(feed.live(1, 1)).containsExactly(t(RAISED, 300, 300), t(CLEARED, 400, 400));
        transitions(feed.ticks(401, 699)).hasSize(2);
        transitions(feed.tick(700)).hasSize(3);
    }

    @Test
    void aShortSilenceIsRaisedInTimeEachTime() {
        var feed = new Feed(reading(new NoData(3 * Feed.SECOND)))
                .tick(0)
                .live(0, 1)
                .ticks(1, 2);
        transitions(feed).isEmpty();
        transitions(feed.ticks(3, 5).live(5, 1).ticks(6, 7)).hasSize(2);
        transitions(feed.tick(8)).hasSize(3).last().isEqualTo(t(RAISED, 8, 3));
    }

    @Test
    void timeInWhichNobodyWasListeningIsNoSilence() {
        var feed =
                new Feed(SILENT).tick(0).live(0, 1).ticks(1, 100).tick(90_000).ticks(90_001, 90_197);
        transitions(feed).isEmpty();
        transitions(feed.tick(90_198)).containsExactly(t(RAISED, 90_198, 300));
    }

    @Test
    void aClockThatGoesBackMakesNoSilence() {
        transitions(new Feed(SILENT)
                        .tick(0)
                        .live(0, 1)
                        .ticks(1, 200)
                        .tick(-4_000)
                        .ticks(-3_999, -3_901))
                .isEmpty();
    }

    @Test
    void waitsForRoomAmongTheOpenAlerts() {
        var feed = new Feed();
        feed.engine = new Engine(
                new Rules(List.of(SILENT, named("hot", Optional.empty(), HOT.condition()))), new Limits(9, 9, 9, 1));
        feed.tick(0).live(0, 90).ticks(1, 300).tick(301);
        transitions(feed).containsExactly(t(RAISED, 0, 90));
        assertThat(feed.engine.stats().alertsRefused()).isEqualTo(2);
        transitions(feed.live(302, 70)).containsExactly(t(RAISED, 0, 90), t(CLEARED, 302, 70));
    }

    @Test
    void watchesNoMoreSeriesThanItMay() {
        var feed = new Feed();
        feed.engine = new Engine(
                new Rules(List.of(HOT, named("too", Optional.empty(), HOT.condition()))), new Limits(9, 9, 1, 9));
        transitions(feed.live(0, 90)).hasSize(1);
        assertThat(feed.engine.stats().judgementsRefused()).isEqualTo(1);
    }

    @Test
    void rulesThatDoNotMatchSayNothing() {
        var other = new Rule("other", Glob.of("pump-2"), Glob.ANY, Optional.empty(), HOT.condition(), Severity.MINOR);
        transitions(new Feed(other).live(0, 90)).isEmpty();
    }

    private static Rule reading(Condition condition) {
        return named("rule", Optional.empty(), condition);
    }

    private static Rule window(WindowSpec spec, int forSeconds) {
        return named(
                "rule",
                Optional.of(new WindowValue(spec, Aggregate.MEAN)),
                new Threshold(Side.ABOVE, 80, 79, forSeconds * Feed.SECOND));
    }

    private static Rule named(String name, Optional<WindowValue> on, Condition condition) {
        return new Rule(name, Glob.of("pump-*"), Glob.of("temp*"), on, condition, Severity.MAJOR);
    }

    /** Kind, time in seconds and value of each transition. */
    private static AbstractListAssert<?, ? extends List<? extends Tuple>, Tuple, ObjectAssert<Tuple>> transitions(
            Feed feed) {
        return assertThat(feed.out.transitions)
                .extracting(
                        AlertTransition::kind,
                        t -> (t.timeMicros() - Feed.START) / Feed.SECOND,
                        AlertTransition::value);
    }

    private static Tuple t(AlertTransition.Kind kind, long second, double value) {
        return Tuple.tuple(kind, second, value);
    }
}
