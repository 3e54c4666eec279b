package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Glob;
import io.millrace.model.Quality;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.Rule.WindowValue;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

final class WindowsTest {
    @Test
    void closesAMinuteWhenAReadingPassesItsEnd() {
        var feed = new Feed().live(0, 3).live(20, 1).live(59.999999, 8);
        assertThat(feed.out.windows).isEmpty();
        feed.live(60, 100);
        assertThat(feed.out.windows)
                .containsExactly(new ClosedWindow(
                        3,
                        Feed.START,
                        60 * Feed.SECOND,
                        "plant-1",
                        "gw-1",
                        Feed.TEMPERATURE,
                        new WindowValues(3, 1, 8, 4, 12, 26 / 3.0, 3, 8, 59_999_999, 8 / 59.999999, 0),
                        1,
                        0));
    }

    @Test
    void closesAllThatAJumpPasses() {
        windows(new Feed().live(0, 1).live(61, 2).live(3_600, 3)).containsExactly(w(0, 1, 1, 1), w(60, 1, 2, 1));
    }

    @Test
    void takesLastByEventTimeAndOfTwoAtOneTimeTheLaterInTheLog() {
        windows(new Feed().live(10, 1).live(30, 2).live(30, 3).live(20, 4).live(60, 0))
                .containsExactly(w(0, 4, 2.5, 1));
        assertThat(new Feed()
                        .live(10, 1)
                        .live(30, 2)
                        .live(30, 3)
                        .live(20, 4)
                        .live(60, 0)
                        .out
                        .windows
                        .getFirst()
                        .values()
                        .last())
                .isEqualTo(3);
    }

    @Test
    void closesWhenTheSeriesFallsSilentAndTheMinuteIsOver() {
        var feed = new Feed().tick(44).live(45, 1).ticks(45, 59);
        assertThat(feed.out.windows).isEmpty();
        windows(feed.ticks(60, 60)).containsExactly(w(0, 1, 1, 1));
        assertThat(feed.out.windows.getFirst().flags()).isEqualTo(ClosedWindow.IDLE);
    }

    @Test
    void closesAWindowOfThePastTenSecondsAfterItsRecordingEnds() {
        int now = 200_000_000;
        var feed = new Feed().tick(now).live(45, 1).ticks(now + 1, now + 9);
        assertThat(feed.out.windows).isEmpty();
        windows(feed.tick(now + 10)).containsExactly(w(0, 1, 1, 1));
    }

    @Test
    void correctsAClosedWindowOnceATickHoweverManyReadingsComeLate() {
        var feed = new Feed().live(0, 2).live(60, 0).live(30, 4).live(31, 6);
        windows(feed).hasSize(1);
        windows(feed.tick(61).tick(62)).containsExactly(w(0, 1, 2, 1), w(0, 3, 4, 2));
    }

    @Test
    void givesOutAMinuteThatCameLateAsAWholeAtTheNextTick() {
        windows(new Feed().live(0, 1).live(130, 0).live(70, 4).live(80, 6).tick(131))
                .containsExactly(w(0, 1, 1, 1), w(60, 2, 5, 1));
    }

    @Test
    void leavesOutAndCountsWhatIsLaterThanAllowed() {
        var feed = new Feed().live(0, 1).live(659.9, 0).live(10, 3).tick(660);
        windows(feed).containsExactly(w(0, 1, 1, 1), w(0, 2, 2, 2));
        windows(feed.live(660, 0).live(11, 9)).hasSize(3).last().isEqualTo(w(600, 1, 0, 1));
        windows(feed.tick(661)).hasSize(4).last().isEqualTo(w(0, 2, 2, 3));
        assertThat(feed.out.windows.getLast().stale()).isTrue();
        assertThat(feed.engine.stats().late()).isEqualTo(1);
    }

    @Test
    void marksAWindowThatReadingsComeTooLateForOnceATick() {
        var feed = new Feed();
        for (int second = 0; second <= 720; second += 60) {
            feed.live(second, 1);
        }
        feed.tick(1);
        feed.live(61, 9).live(62, 9).live(-500, 9);
        assertThat(feed.out.stale).isEmpty();
        feed.tick(2).tick(3);
        assertThat(feed.out.stale)
                .containsExactly(
                        new StaleWindow(
                                17,
                                Feed.START + 60 * Feed.SECOND,
                                60 * Feed.SECOND,
                                "plant-1",
                                "gw-1",
                                Feed.TEMPERATURE),
                        new StaleWindow(
                                17,
                                Feed.START - 540 * Feed.SECOND,
                                60 * Feed.SECOND,
                                "plant-1",
                                "gw-1",
                                Feed.TEMPERATURE));
        feed.live(63, 9).tick(4);
        assertThat(feed.out.stale).hasSize(3);
        assertThat(feed.engine.stats().stale()).isEqualTo(3);
        assertThat(feed.engine.stats().late()).isEqualTo(4);
        assertThat(feed.out.windows).noneMatch(ClosedWindow::stale);
    }

    @Test
    void marksTheNextVersionOfAWindowThatIsStillKnown() {
        // The first minute of a series waits for backfill, so that it is known though readings are too late for it.
        var feed = new Feed()
                .live(0, 1)
                .live(720, 0)
                .live(10, 9)
                .live(11, 9)
                .tick(1)
                .live(12, 9)
                .tick(2);
        windows(feed).containsExactly(w(0, 1, 1, 1), w(0, 1, 1, 2));
        assertThat(feed.out.windows).extracting(ClosedWindow::stale).containsExactly(false, true);
        windows(feed.backfill(20, 3).tick(3)).hasSize(3).last().isEqualTo(w(0, 2, 2, 3));
        assertThat(feed.out.windows.getLast().stale()).isTrue();
        assertThat(feed.out.stale).isEmpty();
    }

    @Test
    void marksOnlySoManyWindowsATickAndCountsTheRest() {
        var feed = new Feed().live(0, 1).live(10_000_000, 1);
        for (int minute = 1; minute <= StaleMarks.MARKS_MAX + 5; minute++) {
            feed.live(60 * minute, 1).live(60 * minute, 1);
        }
        feed.tick(1);
        assertThat(feed.out.stale).hasSize(StaleMarks.MARKS_MAX);
        assertThat(feed.engine.stats().staleRefused()).isEqualTo(10);
        assertThat(feed.live(60, 1).tick(2).out.stale).hasSize(StaleMarks.MARKS_MAX + 1);
    }

    @Test
    void correctsAWindowForAsLongAsItsRuleAllowsAndOthersNot() {
        var feed = new Feed(
                rule("patient", WindowSpec.tumbling(120 * Feed.SECOND), 3_600),
                rule("strict", WindowSpec.tumbling(180 * Feed.SECOND), 0));
        feed.live(0, 1).live(3_700, 1).live(60, 9).live(3_600, 9).tick(1);
        assertThat(feed.out.windows)
                .extracting(
                        w -> w.sizeMicros() / Feed.SECOND,
                        w -> (w.startMicros() - Feed.START) / Feed.SECOND,
                        w -> w.values().count(),
                        ClosedWindow::version)
                .containsExactly(
                        Tuple.tuple(60L, 0L, 1L, 1),
                        Tuple.tuple(120L, 0L, 1L, 1),
                        Tuple.tuple(180L, 0L, 1L, 1),
                        Tuple.tuple(60L, 3_600L, 1L, 1),
                        Tuple.tuple(120L, 0L, 2L, 2),
                        Tuple.tuple(180L, 0L, 1L, 2));
        assertThat(feed.out.windows.getLast().stale()).isTrue();
        assertThat(feed.out.transitions)
                .extracting(AlertTransition::rule, AlertTransition::retroactive)
                .containsExactly(Tuple.tuple("patient", true));
        assertThat(feed.engine.stats().late()).as("for the minute").isEqualTo(1);
    }

    private static Rule rule(String name, WindowSpec window, long latenessSeconds) {
        return new Rule(
                name,
                Glob.ANY,
                Glob.ANY,
                Optional.of(new WindowValue(window, Aggregate.MAX, latenessSeconds * Feed.SECOND)),
                new Threshold(Side.ABOVE, 5, 5, 0),
                Severity.MINOR);
    }

    @Test
    void saysWhichShareOfAWindowIsInDeclaredGapsAndCorrectsItWhenThatChanges() {
        var feed = new Feed().live(0, 1).live(60, 1);
        feed.gap("telemetry", 1, 10, 30, 45).gap("alarm", 5, 5, 40, 90);
        assertThat(feed.out.windows).hasSize(1);
        feed.tick(1);
        windows(feed).containsExactly(w(0, 1, 1, 1), w(0, 1, 1, 2));
        assertThat(feed.out.windows)
                .extracting(w -> w.values().gapShare())
                .containsExactly(0.0, 30 * Feed.SECOND / (60.0 * Feed.SECOND));
        feed.live(120, 1).stored("telemetry", 1, 9).tick(2);
        windows(feed).hasSize(3).last().isEqualTo(w(60, 1, 1, 1));
        assertThat(feed.out.windows.getLast().values().gapShare()).isCloseTo(0.5, within(1e-6));
        feed.stored("alarm", 10, 10).stored("telemetry", 10, 10).tick(3);
        windows(feed).hasSize(4).last().isEqualTo(w(0, 1, 1, 3));
        assertThat(feed.out.windows.getLast().values().gapShare()).isCloseTo(1 / 3.0, within(1e-6));
        assertThat(feed.engine.stats().gaps()).isEqualTo(1);
    }

    @Test
    void aGapWithoutAnEndIsNeverFilledAndOtherAgentsHaveTheirOwn() {
        var feed = new Feed().gap("telemetry", 1, Long.MAX_VALUE, 0, 59);
        feed.stored("telemetry", 1, 1_000_000).live(0, 1);
        long time = Feed.START;
        feed.engine.event(50, "plant-1", "gw-2", Feed.TEMPERATURE, time, 1, Quality.GOOD, false, false, feed.out);
        time += 60 * Feed.SECOND;
        feed.engine.event(50, "plant-1", "gw-2", Feed.TEMPERATURE, time, 1, Quality.GOOD, false, false, feed.out);
        feed.engine.event(50, "plant-1", "gw-1", Feed.TEMPERATURE, time, 1, Quality.GOOD, false, false, feed.out);
        assertThat(feed.out.windows).extracting(ClosedWindow::agent).containsExactly("gw-2", "gw-1");
        assertThat(feed.out.windows.getFirst().values().gapShare()).isZero();
        assertThat(feed.out.windows.getLast().values().gapShare()).isCloseTo(59 / 60.0, within(1e-6));
    }

    @Test
    void remembersSoManyGapsOfAnAgentAndForgetsTheEarliest() {
        var feed = new Feed();
        for (int i = 0; i < Gaps.OF_AGENT_MAX + 7; i++) {
            feed.gap("telemetry", 10L * i, 10L * i, 60 * i, 60 * i + 30);
        }
        assertThat(feed.engine.stats().gaps()).isEqualTo(Gaps.OF_AGENT_MAX);
        assertThat(feed.engine.stats().gapsRefused()).isEqualTo(7);
        feed.live(6 * 60, 1).live(7 * 60, 1).live(8 * 60, 1);
        assertThat(feed.out.windows).extracting(w -> w.values().gapShare() > 0).containsExactly(false, true);
    }

    @Test
    void aRuleMayLookAtTheShareInGaps() {
        var lossy = new Rule(
                "lossy",
                Glob.ANY,
                Glob.ANY,
                Optional.of(new WindowValue(WindowSpec.ONE_MINUTE, Aggregate.GAP_SHARE)),
                new Threshold(Side.ABOVE, 0.5, 0.5, 0),
                Severity.MINOR);
        var feed = new Feed(lossy)
                .live(0, 1)
                .live(60, 1)
                .gap("telemetry", 1, 2, 10, 50)
                .tick(1);
        assertThat(feed.out.transitions).singleElement().satisfies(t -> {
            assertThat(t.detail()).isEqualTo("gap-share of 1m is 0.6666666833, above 0.5");
            assertThat(t.retroactive()).isTrue();
        });
        feed.stored("telemetry", 1, 2).tick(2);
        assertThat(feed.engine.openAlerts()).isEmpty();
    }

    @Test
    void backfillClosesItsOwnWindowsMarkedRetroactive() {
        var feed = new Feed().live(0, 1).live(7_200, 1);
        feed.backfill(60, 5).backfill(100, 7).backfill(120, 5);
        windows(feed).containsExactly(w(0, 1, 1, 1), w(60, 2, 6, 1));
        assertThat(feed.out.windows.getLast().retroactive()).isTrue();
        windows(feed.live(7_260, 0)).hasSize(3).last().isEqualTo(w(7_200, 1, 1, 1));
    }

    @Test
    void backfillCorrectsBothEdgesOfAnOutageHoweverLongAgoItWas() {
        var feed = new Feed().tick(0);
        for (int s = 0; s < 90; s++) {
            feed.live(s, 1);
        }
        for (int s = 3_630; s < 9_000; s++) { // the live track is far ahead when the backlog comes
            feed.live(s, 1);
        }
        for (int s = 90; s < 3_630; s++) {
            feed.backfill(s, 1);
        }
        feed.tick(1);
        var last = new TreeMap<Long, ClosedWindow>();
        feed.out.windows.forEach(w -> last.put(w.startMicros(), w));
        assertThat(last).hasSize(149);
        assertThat(last.values()).allMatch(w -> w.values().count() == 60);
        assertThat(last.get(Feed.START + 60 * Feed.SECOND)).hasFieldOrPropertyWithValue("version", 2);
    }

    @Test
    void badAndFutureReadingsAreNotAggregatedAndMoveNoWatermark() {
        var feed = new Feed()
                .live(0, 1)
                .event(30, 99, Quality.BAD, false, false)
                .event(900, 99, Quality.GOOD, true, false)
                .event(31, Double.NaN, Quality.GOOD, false, false)
                .event(32, 3, Quality.UNCERTAIN, false, false);
        windows(feed).isEmpty();
        windows(feed.live(60, 0)).containsExactly(w(0, 2, 2, 1));
        assertThat(feed.engine.stats().unfit()).isEqualTo(1);
    }

    @Test
    void survivesExtremeNumbersAndTimes() {
        var feed =
                new Feed().live(0, Double.MAX_VALUE).live(1, -Double.MAX_VALUE).live(2, Double.MAX_VALUE);
        feed.live(60, 0);
        ClosedWindow w = feed.out.windows.getFirst();
        assertThat(w.values().mean())
                .isFinite()
                .isBetween(w.values().min(), w.values().max());
        for (long time : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 0, -1}) {
            feed.engine.event(100, "plant-1", "gw-1", Feed.TEMPERATURE, time, 1, Quality.GOOD, false, false, feed.out);
        }
        assertThat(feed.engine.stats().unfit()).isEqualTo(2);
        assertThat(feed.engine.stats().late()).isEqualTo(2);
    }

    @Test
    void staysWithinItsLimitsAndCountsWhatDidNotFit() {
        var feed = new Feed();
        feed.engine = new Engine(Rules.NONE, new Limits(1, 1, 1, 1));
        feed.live(0, 1).live(60, 1);
        feed.engine.event(9, "plant-1", "gw-2", Feed.TEMPERATURE, Feed.START, 1, Quality.GOOD, false, false, feed.out);
        assertThat(feed.engine.stats().windowsRefused()).isEqualTo(1);
        assertThat(feed.engine.stats().seriesRefused()).isEqualTo(1);
        assertThat(feed.engine.stats().windows()).isEqualTo(1);
    }

    @Test
    void refusesALogThatGoesBack() {
        var engine = new Engine(Rules.NONE);
        engine.tick(5, Feed.START, new Recorder());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.tick(4, Feed.START, new Recorder()))
                .withMessageContaining("4 comes after 5");
    }

    /** Start in seconds, count, mean and version of each window given out. */
    private static AbstractListAssert<?, ? extends List<? extends Tuple>, Tuple, ObjectAssert<Tuple>> windows(
            Feed feed) {
        return assertThat(feed.out.windows)
                .extracting(
                        w -> (w.startMicros() - Feed.START) / Feed.SECOND,
                        w -> w.values().count(),
                        w -> w.values().mean(),
                        ClosedWindow::version);
    }

    private static Tuple w(long second, long count, double mean, int version) {
        return Tuple.tuple(second, count, mean, version);
    }
}
