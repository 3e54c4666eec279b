package io.millrace.projections;

import static io.millrace.projections.AlertTransition.Kind.CLEARED;
import static io.millrace.projections.AlertTransition.Kind.CONFIRMED;
import static io.millrace.projections.AlertTransition.Kind.ESCALATED;
import static io.millrace.projections.AlertTransition.Kind.FLAPPING;
import static io.millrace.projections.AlertTransition.Kind.RAISED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Glob;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.projections.RulesParser.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** What rules may have besides a condition, and what is built in. */
final class RuleOptionsTest {
    private static final Series PRESSURE = new Series("pump-1", "pressure", "bar");

    @Test
    void anAlertGrowsGraverAndStaysSoUntilItIsCleared() {
        var feed = feed("""
                - name: hot
                  on: {device: "*", metric: temperature}
                  when: {above: 80, clear: 75}
                  severity: minor
                  escalate: [{beyond: 85, severity: major}, {beyond: 90, severity: critical}]
                """);
        feed.live(0, 81).live(1, 86).live(2, 84);
        assertThat(feed.engine.openAlerts()).singleElement().satisfies(open -> {
            assertThat(open.severity()).isEqualTo(Severity.MAJOR);
            assertThat(open.detail()).isEqualTo("value is 86, above 85");
            assertThat(open.limit()).isEqualTo(85);
        });
        feed.live(3, 95).live(4, 89).live(5, 75).live(6, 95);
        assertThat(feed.out.transitions)
                .extracting(AlertTransition::kind, AlertTransition::severity, AlertTransition::value)
                .containsExactly(
                        Tuple.tuple(RAISED, Severity.MINOR, 81.0),
                        Tuple.tuple(ESCALATED, Severity.MAJOR, 86.0),
                        Tuple.tuple(ESCALATED, Severity.CRITICAL, 95.0),
                        Tuple.tuple(CLEARED, Severity.CRITICAL, 75.0),
                        Tuple.tuple(RAISED, Severity.CRITICAL, 95.0));
        assertThat(feed.out.transitions.get(1).detail()).isEqualTo("value is 86, above 85");
        assertThat(feed.out.transitions).extracting(AlertTransition::id).doesNotHaveDuplicates();
        assertThat(feed.out.transitions.subList(0, 4))
                .extracting(AlertTransition::alert)
                .containsOnly(feed.out.transitions.getFirst().id());
    }

    @Test
    void whatLateDataRaisedAndGetsGraverInThePresentNeedsNoOtherConfirmation() {
        var feed = feed("""
                - name: hot
                  on: {device: "*", metric: temperature}
                  when: {above: 80, clear: 75}
                  severity: minor
                  escalate: [{beyond: 85, severity: major}]
                """);
        feed.backfill(0, 81).live(1, 86).live(2, 84);
        assertThat(feed.out.transitions)
                .extracting(AlertTransition::kind, AlertTransition::retroactive)
                .containsExactly(Tuple.tuple(RAISED, true), Tuple.tuple(ESCALATED, false));
        assertThat(feed.engine.openAlerts())
                .singleElement()
                .satisfies(open -> assertThat(open.retroactive()).isFalse());
    }

    @Test
    void whatLateDataMakesGraverIsConfirmedByThePresentToo() {
        var feed = feed("""
                - name: hot
                  on: {device: "*", metric: temperature}
                  when: {above: 80, clear: 75}
                  severity: minor
                  escalate: [{beyond: 85, severity: major}]
                """);
        feed.live(0, 81).backfill(1, 86);
        assertThat(feed.engine.openAlerts()).singleElement().satisfies(open -> {
            assertThat(open.retroactive()).isTrue();
            assertThat(open.severity()).isEqualTo(Severity.MAJOR);
        });
        feed.live(2, 82).live(3, 82);
        assertThat(feed.out.transitions)
                .extracting(AlertTransition::kind, AlertTransition::severity, AlertTransition::retroactive)
                .containsExactly(
                        Tuple.tuple(RAISED, Severity.MINOR, false),
                        Tuple.tuple(ESCALATED, Severity.MAJOR, true),
                        Tuple.tuple(CONFIRMED, Severity.MAJOR, false));
        assertThat(feed.out.transitions.getLast().detail()).isEqualTo("value is 86, above 85, came late; now it is 82");
    }

    @Test
    void whatLateDataRaisedIsNotConfirmedWhileMaintenanceOrAnotherAlertHoldsItBack() {
        var feed = feed("""
                - name: hot
                  on: {device: "*", metric: temperature}
                  when: {above: 80, clear: 75}
                  severity: minor
                  inhibited-by: [leak]
                  escalate: [{beyond: 85, severity: major}]
                - {name: leak, on: {device: "*", metric: pressure}, when: {below: 2}, severity: major}
                maintenance:
                - {metric: temperature, from: 2026-01-01T00:00:10Z, to: 2026-01-01T00:00:20Z}
                """);
        feed.backfill(1, 81).live(11, 82).live(12, 86);
        assertThat(feed.out.transitions)
                .extracting(AlertTransition::kind, AlertTransition::retroactive)
                .containsExactly(Tuple.tuple(RAISED, true), Tuple.tuple(ESCALATED, true));
        reading(feed, PRESSURE, 20, 1);
        feed.live(21, 82);
        reading(feed, PRESSURE, 22, 3);
        feed.live(23, 82);
        assertThat(feed.out.transitions)
                .filteredOn(t -> t.rule().equals("hot"))
                .extracting(AlertTransition::kind, AlertTransition::timeMicros)
                .endsWith(Tuple.tuple(CONFIRMED, Feed.START + 23 * Feed.SECOND));
        assertThat(feed.out.transitions).filteredOn(t -> t.kind() == CONFIRMED).hasSize(1);
    }

    @Test
    void anAlertThatComesAndGoesTooOftenStaysRaisedUntilThatSettles() {
        var feed = feed("""
                - {name: r, on: {device: "*", metric: "*"}, when: {above: 80}, severity: minor, flapping: {above: 50, clear: 25}}
                """);
        for (int i = 0; i < 60; i++) {
            feed.live(i, i % 2 == 0 ? 81 : 79);
        }
        long early = feed.out.transitions.size();
        assertThat(feed.out.transitions.getLast().kind()).isEqualTo(FLAPPING);
        assertThat(early)
                .as("raised and cleared in turn for the first ten or so")
                .isBetween(9L, 14L);
        assertThat(feed.out.transitions.getLast().value()).isGreaterThan(50);

        for (int i = 60; i < 100; i++) {
            feed.live(i, 79);
        }
        assertThat(feed.out.transitions).hasSize((int) early + 1);
        AlertTransition end = feed.out.transitions.getLast();
        assertThat(end.kind()).isEqualTo(CLEARED);
        assertThat((end.timeMicros() - Feed.START) / Feed.SECOND).isBetween(70L, 80L);
    }

    @Test
    void flappingIsTheShareOfJudgementsThatChangedRecentOnesCountingMore() {
        assertThat(Flapping.percent(0)).isZero();
        assertThat(Flapping.percent((1 << 21) - 1)).isZero();
        assertThat(Flapping.percent(0b101010101010101010101)).isCloseTo(100, within(1e-9));
        assertThat(Flapping.percent(1)).isCloseTo(6.25, within(1e-9));
        assertThat(Flapping.percent(1 << 20)).isCloseTo(3.75, within(1e-9));
    }

    @Test
    void anAlertInhibitsAnotherOnItsDeviceWhileItIsOpen() {
        var feed = feed("""
                - {name: off, on: {device: "*", metric: pressure}, when: {below: 1}, severity: major}
                - {name: cold, on: {device: "*", metric: temperature}, when: {below: 20}, severity: minor, inhibited-by: [off]}
                """);
        reading(feed, PRESSURE, 0, 0.5);
        feed.live(1, 10).live(2, 10);
        transitions(feed).containsExactly(t(RAISED, 0));
        var other = new Series("pump-2", "temperature", "°C");
        reading(feed, other, 2, 10);
        transitions(feed).hasSize(2);
        reading(feed, PRESSURE, 3, 5);
        feed.live(4, 10);
        assertThat(feed.out.transitions)
                .extracting(AlertTransition::rule, AlertTransition::kind)
                .containsExactly(
                        Tuple.tuple("off", RAISED),
                        Tuple.tuple("cold", RAISED),
                        Tuple.tuple("off", CLEARED),
                        Tuple.tuple("cold", RAISED));
    }

    @Test
    void rulesThatInhibitEachOtherInACircleAreRefused() {
        Rule a = inhibited("a", "b");
        Rule b = inhibited("b", "c");
        assertThat(new Rules(List.of(a, b, inhibited("c")))).isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Rules(List.of(a, b, inhibited("c", "a"))))
                .withMessageContaining("in a circle");
        assertThatIllegalArgumentException().isThrownBy(() -> new Rules(List.of(inhibited("a", "a"))));
    }

    @Test
    void nothingIsRaisedDuringMaintenanceAndWhatIsBadStillIsRaisedAfterIt() {
        var feed = feed("""
                - {name: r, on: {device: "*", metric: "*"}, when: {above: 80}, severity: minor}
                """, """
                maintenance:
                  - {device: "pump-*", from: 2026-01-01T00:00:10Z, to: 2026-01-01T00:00:20Z}
                """);
        feed.live(9, 81).live(10, 70).live(11, 81).live(19, 81);
        transitions(feed).containsExactly(t(RAISED, 9), t(CLEARED, 10));
        feed.live(20, 81);
        transitions(feed).hasSize(3).last().isEqualTo(t(RAISED, 20));
    }

    @Test
    void anAgentThatIsGoneForHalfAMinuteIsAnAlertAndItsDevicesAreNot() {
        var feed = feed("""
                - {name: silent, on: {device: "*", metric: "*"}, when: {no-data: 1m}, severity: minor}
                """);
        feed.tick(0).live(0, 1).ticks(1, 10).agent(true).ticks(11, 39);
        transitions(feed).isEmpty();
        feed.ticks(40, 200);
        assertThat(feed.out.transitions).singleElement().satisfies(t -> {
            assertThat(t.rule()).isEqualTo(Rule.AGENT_OFFLINE);
            assertThat(t.agent()).isEqualTo("gw-1");
            assertThat((t.timeMicros() - Feed.START) / Feed.SECOND).isEqualTo(40);
        });
        feed.agent(false);
        transitions(feed).hasSize(2).last().isEqualTo(t(CLEARED, 200));
        feed.tick(201);
        assertThat(feed.out.transitions)
                .hasSize(3)
                .last()
                .satisfies(t -> assertThat(t.rule())
                        .as("the agent is back, its device is not")
                        .isEqualTo("silent"));
    }

    @Test
    void anAgentThatIsBackSoonIsNoAlert() {
        var feed = new Feed()
                .tick(0)
                .agent(true)
                .ticks(1, 29)
                .agent(false)
                .ticks(30, 100)
                .agent(true)
                .ticks(101, 129);
        transitions(feed).isEmpty();
        transitions(feed.tick(130)).hasSize(1);
    }

    @Test
    void seriesThatHaveSomethingInCommonAreJudgedAsOne() {
        var feed = feed("""
                - name: plant-power
                  on: {device: "pump-*", metric: power}
                  by: [site, metric]
                  window: {type: tumbling, size: 1m}
                  when: {aggregate: sum, above: 100}
                  severity: minor
                """);
        for (int pump = 1; pump <= 3; pump++) {
            reading(feed, new Series("pump-" + pump, "power", "kW"), pump, 40);
        }
        reading(feed, new Series("fan-1", "power", "kW"), 5, 1_000);
        reading(feed, new Series("pump-1", "power", "kW"), 60, 1);
        assertThat(feed.out.transitions).singleElement().satisfies(t -> {
            assertThat(t.value()).isEqualTo(120);
            assertThat(List.of(
                            t.site(), t.agent(), t.series().device(), t.series().metric()))
                    .containsExactly("plant-1", "*", "*", "power");
        });
        assertThat(feed.out.windows)
                .as("groups are in no table")
                .allMatch(w -> !w.agent().equals("*"));
        assertThat(feed.engine.stats().series()).isEqualTo(4);
    }

    @Test
    void aSlopeOfOneReadingIsNeitherGoodNorBad() {
        var feed = feed("""
                - name: rising
                  on: {device: "*", metric: temperature}
                  window: {type: tumbling, size: 1m}
                  when: {aggregate: slope, above: 0.5}
                  severity: minor
                """);
        feed.live(0, 10).live(30, 40).live(60, 40);
        transitions(feed).containsExactly(t(RAISED, 60));
        transitions(feed.live(120, 40)).hasSize(1);
        transitions(feed.live(150, 40).live(180, 40)).hasSize(2).last().isEqualTo(t(CLEARED, 180));
    }

    private static Rule inhibited(String name, String... by) {
        return new Rule(
                name,
                Glob.ANY,
                Glob.ANY,
                Optional.empty(),
                new Condition.Threshold(Condition.Side.ABOVE, 1, 1, 0),
                Severity.MINOR,
                new RuleOptions(List.of(), List.of(), Optional.empty(), List.of(by)));
    }

    private static void reading(Feed feed, Series series, double second, double value) {
        feed.event(series, second, value, Quality.GOOD, false, false);
    }

    private static Feed feed(String rules) {
        return feed(rules, "");
    }

    private static Feed feed(String rules, String more) {
        byte[] text = ("rules:\n" + rules + more).getBytes(StandardCharsets.UTF_8);
        assertThat(RulesParser.parse("rules.yaml", text)).isInstanceOf(Parsed.Valid.class);
        var feed = new Feed();
        feed.engine = new Engine(((Parsed.Valid) RulesParser.parse("rules.yaml", text)).rules());
        return feed;
    }

    /** Kind and time in seconds of each transition. */
    private static AbstractListAssert<?, ? extends List<? extends Tuple>, Tuple, ObjectAssert<Tuple>> transitions(
            Feed feed) {
        return assertThat(feed.out.transitions)
                .extracting(AlertTransition::kind, t -> (t.timeMicros() - Feed.START) / Feed.SECOND);
    }

    private static Tuple t(AlertTransition.Kind kind, long second) {
        return Tuple.tuple(kind, second);
    }
}
