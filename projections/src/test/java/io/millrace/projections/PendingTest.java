package io.millrace.projections;

import static io.millrace.projections.PendingAlert.Reason.INHIBITED;
import static io.millrace.projections.PendingAlert.Reason.LIMIT;
import static io.millrace.projections.PendingAlert.Reason.MAINTENANCE;
import static io.millrace.projections.PendingAlert.Reason.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.projections.RulesParser.Parsed;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What is bad and not raised is to be seen, with the reason. */
final class PendingTest {
    private static final String LASTING = """
            rules:
              - {name: hot, on: {device: "*", metric: temperature}, when: {above: 80, for: 1m}, severity: minor, escalate: [{beyond: 90, severity: major}]}
            """;

    @Test
    void whatIsBadButNotForLongEnoughIsPendingUntilItIsRaisedOrGood() {
        var feed = feed(LASTING).live(0, 79);
        assertThat(feed.engine.pendingAlerts(10)).isEmpty();
        feed.live(10, 81).live(20, 95);
        assertThat(feed.engine.pendingAlerts(10))
                .containsExactly(new PendingAlert(
                        "hot",
                        Severity.MAJOR,
                        "plant-1",
                        "gw-1",
                        Feed.TEMPERATURE,
                        at(10),
                        95,
                        "value is 95, above 80",
                        WAITING,
                        null,
                        at(70)));
        assertThat(feed.engine.openAlerts()).isEmpty();
        feed.live(70, 81);
        assertThat(feed.engine.pendingAlerts(10)).isEmpty();
        assertThat(feed.engine.openAlerts()).hasSize(1);
        feed.live(71, 70).live(72, 81);
        assertThat(feed.engine.pendingCount()).isEqualTo(1);
        feed.live(73, 80);
        assertThat(feed.engine.pendingCount()).isZero();
    }

    @Test
    void whatIsInhibitedSaysByWhom() {
        var feed = feed("""
                rules:
                  - {name: off, on: {device: "*", metric: pressure}, when: {below: 1}, severity: major}
                  - {name: cold, on: {device: "*", metric: temperature}, when: {below: 20}, severity: minor, inhibited-by: [off]}
                """);
        pressure(feed, 0, 0.5);
        feed.live(1, 10);
        assertThat(feed.engine.pendingAlerts(10)).singleElement().satisfies(p -> {
            assertThat(p.reason()).isEqualTo(INHIBITED);
            assertThat(p.inhibitedBy()).isEqualTo("off");
            assertThat(p.dueMicros()).isEqualTo(PendingAlert.NOT_KNOWN);
        });
        pressure(feed, 2, 5);
        assertThat(feed.engine.pendingAlerts(10)).singleElement().satisfies(p -> {
            assertThat(p.reason()).as("the next reading raises it").isEqualTo(WAITING);
            assertThat(p.inhibitedBy()).isNull();
        });
        feed.live(3, 10);
        assertThat(feed.engine.pendingCount()).isZero();
    }

    @Test
    void whatIsInMaintenanceSaysUntilWhen() {
        var feed = feed(LASTING + """
                maintenance:
                  - {device: "pump-*", from: 2026-01-01T00:00:30Z, to: 2026-01-01T00:05:00Z}
                """);
        feed.live(0, 81).live(65, 81);
        assertThat(feed.engine.pendingAlerts(10)).singleElement().satisfies(p -> {
            assertThat(p.reason()).isEqualTo(MAINTENANCE);
            assertThat(p.sinceMicros()).isEqualTo(at(0));
            assertThat(p.dueMicros()).isEqualTo(at(300));
        });
        feed.live(300, 81);
        assertThat(feed.engine.pendingCount()).isZero();
        assertThat(feed.engine.openAlerts()).hasSize(1);
    }

    @Test
    void whatFindsNoRoomIsPending() {
        var feed = feed("""
                rules:
                  - {name: hot, on: {device: "*", metric: "*"}, when: {above: 80}, severity: minor}
                """);
        feed.engine = new Engine(rules("""
                rules:
                  - {name: hot, on: {device: "*", metric: "*"}, when: {above: 80}, severity: minor}
                """), new Limits(10, 10, 10, 1));
        pressure(feed, 0, 81);
        feed.live(1, 81);
        assertThat(feed.engine.pendingAlerts(10))
                .extracting(PendingAlert::reason)
                .containsExactly(LIMIT);
    }

    @Test
    void anAgentThatIsGoneIsPendingAndThenItsDevicesAre() {
        var feed = feed("""
                rules:
                  - {name: silent, on: {device: "*", metric: "*"}, when: {no-data: 1m}, severity: minor}
                """);
        feed.tick(0).live(0, 1).ticks(1, 10).agent(true).ticks(11, 20);
        assertThat(feed.engine.pendingAlerts(10)).singleElement().satisfies(p -> {
            assertThat(p.rule()).isEqualTo(Rule.AGENT_OFFLINE);
            assertThat(p.reason()).isEqualTo(WAITING);
            assertThat(p.dueMicros()).isEqualTo(at(40));
        });
        feed.ticks(21, 59);
        assertThat(feed.engine.pendingCount())
                .as("the agent's alert is raised, and its device may be silent still")
                .isZero();
        feed.ticks(60, 80);
        assertThat(feed.engine.pendingAlerts(10)).singleElement().satisfies(p -> {
            assertThat(p.rule()).isEqualTo("silent");
            assertThat(p.inhibitedBy()).isEqualTo(Rule.AGENT_OFFLINE);
            assertThat(p.sinceMicros()).isEqualTo(at(0));
            assertThat(p.detail()).isEqualTo("no data for 1m");
        });
        feed.live(80, 1);
        assertThat(feed.engine.pendingCount()).isZero();
    }

    @Test
    void anAgentThatIsBackSoonIsPendingNoMore() {
        var feed = feed(LASTING).tick(0).agent(true).ticks(1, 5);
        assertThat(feed.engine.pendingCount()).isEqualTo(1);
        feed.agent(false).tick(6);
        assertThat(feed.engine.pendingCount()).isZero();
    }

    @Test
    void historyIsNotPending() {
        var feed = feed(LASTING).live(1_000, 70).backfill(0, 81);
        assertThat(feed.engine.pendingCount()).isZero();
    }

    @Test
    void theFirstAreThoseThatAreBadForLongest() {
        var feed = feed("""
                rules:
                  - {name: hot, on: {device: "*", metric: "*"}, when: {above: 80, for: 1h}, severity: minor}
                """);
        for (int i = 0; i < 100; i++) {
            var series = new Series("pump-" + i, "temperature", "°C");
            feed.event(series, (i * 37) % 100, 81, Quality.GOOD, false, false);
        }
        assertThat(feed.engine.pendingAlerts(5))
                .extracting(PendingAlert::sinceMicros)
                .containsExactly(at(0), at(1), at(2), at(3), at(4));
        assertThat(feed.engine.pendingCount()).isEqualTo(100);
    }

    private static long at(long second) {
        return Feed.START + second * Feed.SECOND;
    }

    private static void pressure(Feed feed, double second, double value) {
        feed.event(new Series("pump-1", "pressure", "bar"), second, value, Quality.GOOD, false, false);
    }

    private static Feed feed(String rules) {
        var feed = new Feed();
        feed.engine = new Engine(rules(rules));
        return feed;
    }

    private static Rules rules(String text) {
        Parsed parsed = RulesParser.parse("rules.yaml", text.getBytes(StandardCharsets.UTF_8));
        assertThat(parsed).isInstanceOf(Parsed.Valid.class);
        return ((Parsed.Valid) parsed).rules();
    }
}
