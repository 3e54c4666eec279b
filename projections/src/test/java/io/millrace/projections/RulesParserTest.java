package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Glob;
import io.millrace.model.yaml.Mistake;
import io.millrace.projections.Condition.NoData;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.Maintenance.Once;
import io.millrace.projections.Maintenance.Weekly;
import io.millrace.projections.Rule.WindowValue;
import io.millrace.projections.RuleOptions.Dimension;
import io.millrace.projections.RuleOptions.Escalation;
import io.millrace.projections.RulesParser.Parsed;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RulesParserTest {
    private static final long MINUTE = 60_000_000L;

    @Test
    void readsEveryKindOfRule() {
        assertThat(valid("""
                rules:
                  - name: pump-hot
                    on: {device: "pump-*", metric: temperature}
                    window: {type: hopping, size: 10m, every: 1m}
                    when: {aggregate: mean, above: 80, clear: 78, for: 2m}
                    severity: major
                  - name: door-open
                    on: {device: "*", metric: door}
                    when: {above: 0.5}
                    severity: warning
                  - name: pump-silent
                    on: {device: "pump-*", metric: temperature}
                    when: {no-data: 5m}
                    severity: critical
                """).rules())
                .containsExactly(
                        new Rule(
                                "pump-hot",
                                Glob.of("pump-*"),
                                Glob.of("temperature"),
                                Optional.of(new WindowValue(new WindowSpec(10 * MINUTE, MINUTE), Aggregate.MEAN)),
                                new Threshold(Side.ABOVE, 80, 78, 2 * MINUTE),
                                Severity.MAJOR),
                        new Rule(
                                "door-open",
                                Glob.ANY,
                                Glob.of("door"),
                                Optional.empty(),
                                new Threshold(Side.ABOVE, 0.5, 0.5, 0),
                                Severity.WARNING),
                        new Rule(
                                "pump-silent",
                                Glob.of("pump-*"),
                                Glob.of("temperature"),
                                Optional.empty(),
                                new NoData(5 * MINUTE),
                                Severity.CRITICAL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rules:\n", "# all off\nrules: []\n"})
    void aFileThatSaysThatThereAreNoRulesIsRight(String text) {
        assertThat(valid(text)).isEqualTo(Rules.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing left\n", "maintenance: []\n"})
    void aFileThatWasCutOffDoesNotSwitchAllRulesOff(String text) {
        assertThat(invalid(text))
                .singleElement()
                .asString()
                .endsWith("rules is missing, expected a list of rules; write 'rules: []' to have none");
    }

    @Test
    void tellsEveryMistakeInOneGo() {
        assertThat(invalid("""
                rules:
                  - name: hot
                    on: {device: "pump-[1", metric: temperature}
                    window: {type: tumbling, size: 0s}
                    when: {aggregate: average, above: 80, clear: 81}
                    severity: urgent
                  - name: hot
                    on: {device: "*"}
                    when: {abov: 80}
                    severity: minor
                """))
                .containsExactly(
                        "rules.yaml:3:18: rules[1].on.device is no pattern: pattern pump-[1 has a [ that is not closed,"
                                + " expected ] (a [ itself is [[])",
                        "rules.yaml:4:36: rules[1].window.size is \"0s\", expected a duration such as 500ms, 10s, 5m, 2h"
                                + " or 7d, from 1s to 366d",
                        "rules.yaml:5:23: rules[1].when.aggregate is \"average\", expected one of count, min, max, mean,"
                                + " sum, variance, stddev, first, last, change, slope, rate, gap-share",
                        "rules.yaml:5:50: rules[1].when.clear is 81.0, expected at most 80.0, which is above",
                        "rules.yaml:6:15: rules[1].severity is \"urgent\", expected one of critical, major, minor, warning",
                        "rules.yaml:7:11: rules[2].name is \"hot\" again, expected each name once",
                        "rules.yaml:8:9: rules[2].on.metric is missing, expected a pattern such as pump-*",
                        "rules.yaml:9:11: rules[2].when has none of above, below and no-data, expected one of them",
                        "rules.yaml:9:12: unknown key rules[2].when.abov, expected above perhaps");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {type: hopping, size: 366d, every: 1s}       | 31622400 windows, expected at most 120
            {type: hopping, size: 1m, every: 2m}         | every is 2m, expected 1s to the window's size of 1m
            {type: hopping, size: 1m, every: 0s}         | every is "0s", expected a duration
            {type: hopping, size: 1m}                    | every is missing
            {type: tumbling, size: 1m, every: 1m}        | every is given, expected it with type hopping only
            {type: tumbling, size: -1m}                  | size is "-1m", expected a duration
            {type: tumbling, size: 400d}                 | size is "400d", expected a duration
            {type: tumbling, size: 99999999999d}         | size is "99999999999d", expected a duration
            {type: sliding, size: 1m}                    | type is "sliding", expected one of tumbling, hopping, calendar
            {type: calendar, unit: month, zone: UTC}      | unit is "month", expected one of hour, day, week
            {type: calendar, unit: day, zone: Mars}       | zone is "Mars", expected a time zone
            {type: calendar, unit: day}                  | zone is missing
            {type: calendar, unit: day, zone: UTC, size: 1d} | unknown key rules[1].window.size
            {size: 1m}                                   | type is missing
            1m                                           | window is a single value, expected a map
            """)
    void refusesWindowsThatCannotBeKept(String window, String mistake) {
        assertThat(invalid(rule("{device: a, metric: b}", window, "{aggregate: mean, above: 1}")))
                .first()
                .asString()
                .startsWith("rules.yaml:4:")
                .contains(mistake);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {above: 1}                                   | aggregate is missing
            {aggregate: mean, above: .nan}               | above is ".nan", expected a number
            {aggregate: mean, above: hot}                | above is "hot", expected a number
            {aggregate: mean, above: 1, below: 0}        | below stands beside above
            {aggregate: mean, below: 1, clear: 0.5}      | clear is 0.5, expected at least 1.0, which is below
            {aggregate: mean, above: 1, for: soon}       | for is "soon", expected a duration
            {aggregate: mean}                            | when has none of above, below and no-data
            {no-data: 5m}                                | window stands beside no-data
            """)
    void refusesConditionsThatContradictThemselves(String when, String mistake) {
        assertThat(invalid(rule("{device: a, metric: b}", "{type: tumbling, size: 1m}", when)))
                .singleElement()
                .asString()
                .contains(mistake);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            window: {type: tumbling, size: 1m}, when: {aggregate: mean, above: 1}, lateness: 25h | lateness is "25h", expected a duration such as 500ms, 10s, 5m, 2h or 7d, from 0ms to 1d
            window: {type: tumbling, size: 1m}, when: {aggregate: mean, above: 1}, lateness: -1s | lateness is "-1s", expected a duration
            window: {type: hopping, size: 1m, every: 2s}, when: {aggregate: mean, above: 1}, lateness: 1h | lateness does not fit: a lateness of 1h keeps 1800 windows of each series, one each 2s, expected at most 1500
            when: {above: 1}, lateness: 1h | lateness is given without a window, expected it with one
            when: {no-data: 5m}, lateness: 1h | lateness is given without a window, expected it with one
            """)
    void refusesALatenessThatCannotBeKept(String keys, String mistake) {
        String text = "rules:\n  - {name: r, on: {device: a, metric: b}, severity: minor, %s}".formatted(keys);
        int column = text.lines().toList().getLast().indexOf("lateness") + 1;
        assertThat(invalid(text))
                .singleElement()
                .asString()
                .startsWith("rules.yaml:2:")
                .contains(mistake);
        assertThat(invalid(text).getFirst()).matches("rules.yaml:2:(%d|%d): .*".formatted(column, column + 10));
    }

    @Test
    void refusesTheShareInGapsOfSeveralAgents() {
        String text = """
                rules:
                  - name: lossy
                    on: {device: a, metric: b}
                    by: [%s]
                    window: {type: tumbling, size: 1m}
                    when: {aggregate: gap-share, above: 0.5}
                    severity: minor
                """;
        assertThat(invalid(text.formatted("site")))
                .containsExactly(
                        "rules.yaml:4:9: rules[1].by stands beside gap-share, which is of one agent: expected site"
                                + " and agent in it");
        assertThat(valid(text.formatted("site, agent, metric")).rules()).hasSize(1);
    }

    @Test
    void keepsWindowsForTheLongestLatenessOfTheRulesThatLookAtThem() {
        Rules rules = valid("""
                rules:
                  - name: fast
                    on: {device: "*", metric: "*"}
                    window: {type: hopping, size: 5m, every: 1m}
                    lateness: 0s
                    when: {aggregate: mean, above: 1}
                    severity: minor
                  - {name: reading, on: {device: "*", metric: "*"}, when: {above: 1}, severity: minor}
                """);
        var hopping = new WindowSpec(300 * Feed.SECOND, 60 * Feed.SECOND);
        assertThat(rules.latenessMicros(hopping)).isZero();
        assertThat(rules.latenessMicros(WindowSpec.ONE_MINUTE)).isEqualTo(600 * Feed.SECOND);
        Rule slow = new Rule(
                "slow",
                Glob.ANY,
                Glob.ANY,
                Optional.of(new Rule.WindowValue(hopping, Aggregate.MAX, 7_200 * Feed.SECOND)),
                rules.rules().getFirst().condition(),
                Severity.MINOR);
        var both = new Rules(List.of(rules.rules().getFirst(), slow));
        assertThat(both.latenessMicros(hopping)).isEqualTo(7_200 * Feed.SECOND);
        assertThat(both.latenessMicros(WindowSpec.ONE_MINUTE)).isEqualTo(600 * Feed.SECOND);
        assertThat(both.latenessMicros()).isEqualTo(7_200 * Feed.SECOND);
        assertThat(both.warmUpMicros()).isEqualTo(7_500 * Feed.SECOND);
    }

    @Test
    void refusesAnAggregateOfNoWindowAndAThresholdOnSilence() {
        String text = """
                rules:
                  - {name: a, on: {device: a, metric: b}, when: {aggregate: mean, above: 1}, severity: minor}
                  - {name: b, on: {device: a, metric: b}, when: {no-data: 5m, above: 1}, severity: minor}
                """;
        assertThat(invalid(text)).hasSize(2);
        assertThat(invalid(text).getFirst()).contains("rules[1].when.aggregate is given without a window");
        assertThat(invalid(text).getLast()).contains("rules[2].when.above stands beside no-data");
    }

    @Test
    void readsWhatARuleMayHaveBesides() {
        Rules rules = valid("""
                rules:
                  - name: hot
                    on: {device: "*", metric: temperature}
                    by: [metric, site]
                    window: {type: calendar, unit: day, zone: Europe/Berlin}
                    when: {aggregate: slope, above: 1}
                    severity: warning
                    escalate: [{beyond: 2, severity: major}, {beyond: 3, severity: critical}]
                    flapping: {above: 40}
                    inhibited-by: [down, agent-offline]
                  - {name: down, on: {device: "*", metric: power}, when: {below: 1}, severity: major}
                maintenance:
                  - {device: "pump-*", from: 2026-01-01T08:00:00+01:00, to: 2026-01-01T09:00:00Z}
                  - {metric: flow, every: week, on: [thu, mon], at: "02:00", for: 3h, zone: Europe/Berlin}
                  - {every: day, at: 23:30, for: 90m, zone: UTC}
                """);
        Rule hot = rules.rules().getFirst();
        assertThat(hot.on().orElseThrow().window())
                .isEqualTo(WindowSpec.of(new Calendar(Calendar.Unit.DAY, ZoneId.of("Europe/Berlin"))));
        assertThat(hot.options())
                .isEqualTo(new RuleOptions(
                        List.of(Dimension.SITE, Dimension.METRIC),
                        List.of(new Escalation(2, Severity.MAJOR), new Escalation(3, Severity.CRITICAL)),
                        Optional.of(new Flapping(40, 25)),
                        List.of("down", "agent-offline")));
        assertThat(rules.maintenance())
                .containsExactly(
                        new Maintenance(
                                Glob.of("pump-*"), Glob.ANY, new Once(1_767_250_800_000_000L, 1_767_258_000_000_000L)),
                        new Maintenance(
                                Glob.ANY,
                                Glob.of("flow"),
                                new Weekly(
                                        List.of(DayOfWeek.MONDAY, DayOfWeek.THURSDAY),
                                        LocalTime.of(2, 0),
                                        Duration.ofHours(3),
                                        ZoneId.of("Europe/Berlin"))),
                        new Maintenance(
                                Glob.ANY,
                                Glob.ANY,
                                new Weekly(
                                        List.of(DayOfWeek.values()),
                                        LocalTime.of(23, 30),
                                        Duration.ofMinutes(90),
                                        ZoneId.of("UTC"))));
        assertThat(rules.hash()).isNotEqualTo(new Rules(rules.rules()).hash());
    }

    @Test
    void refusesOptionsThatContradictThemselves() {
        assertThat(invalid("""
                rules:
                  - name: a
                    on: {device: "*", metric: t}
                    by: [site, site]
                    when: {above: 10}
                    severity: major
                    escalate: [{beyond: 9, severity: minor}]
                    flapping: {above: 20, clear: 30}
                    inhibited-by: [b, nobody]
                  - {name: b, on: {device: "*", metric: t}, when: {below: 1}, severity: minor, inhibited-by: [c]}
                  - {name: c, on: {device: "*", metric: t}, when: {below: 1}, severity: minor, inhibited-by: [a]}
                  - {name: agent-offline, on: {device: "*", metric: t}, when: {no-data: 1m}, severity: minor, flapping: {}}
                maintenance:
                  - {from: 2026-01-01T08:00:00Z, to: 2026-01-01T07:00:00Z}
                  - {from: soon, to: 2026-01-01T07:00:00Z}
                """).stream().map(m -> m.replaceFirst("rules.yaml:", "")))
                .containsExactly(
                        "4:9: rules[1].by names something twice, expected each once",
                        "7:25: rules[1].escalate[1].beyond is 9.0, expected beyond 10.0, the limit before",
                        "7:38: rules[1].escalate[1].severity is minor, expected graver than major, the one before",
                        "8:15: rules[1].flapping does not fit: flapping is above 20.0 and clear 30.0 percent, expected 0"
                                + " < clear <= above <= 100",
                        "9:19: rules[1].inhibited-by names \"nobody\", expected a rule of this file",
                        "9:19: rules[1].inhibited-by goes in a circle: a by b by c; expected none",
                        "12:12: rules[4].name is that of a rule built in, expected another",
                        "12:105: rules[4].flapping stands beside no threshold, expected above or below in when",
                        "14:38: maintenance[1].to is not after from, expected a later time",
                        "15:12: maintenance[2].from is \"soon\", expected a time with offset such as"
                                + " 2026-01-31T08:00:00+01:00, from 1970 to 9999");
    }

    @Test
    void tellsACircleOfRulesThatAreWrongInOtherWays() {
        assertThat(invalid("""
                rules:
                  - {name: a, on: {device: x, metric: y}, when: {}, severity: minor, inhibited-by: [b]}
                  - {name: b, on: {device: x, metric: y}, when: {above: 1}, severity: grave, inhibited-by: [a]}
                """)).hasSize(3).anyMatch(m -> m.endsWith("goes in a circle: a by b; expected none"));
    }

    @Test
    void tellsEveryCircleOnceAndNotTheRulesThatLeadIntoIt() {
        var text = new StringBuilder("rules:\n");
        for (String by : List.of("lead: a", "a: b", "b: a", "self: self", "d: e, f", "e: d, d", "f: d", "fine: lead")) {
            String[] parts = by.split(": ", -1);
            text.append(
                    "- {name: %s, on: {device: x, metric: y}, when: {above: 1}, severity: minor, inhibited-by: [%s]}\n"
                            .formatted(parts[0], parts[1]));
        }
        assertThat(invalid(text.toString()).stream().map(m -> m.replaceFirst(".*inhibited-by ", "")))
                .containsExactly(
                        "goes in a circle: a by b; expected none",
                        "goes in a circle: self; expected none",
                        "goes in a circle: d by e; expected none",
                        "goes in a circle: d by f; expected none");
    }

    @Test
    void refusesTimesThatNoClockShows() {
        assertThat(invalid("""
                maintenance:
                  - {from: +999999999-01-01T00:00:00Z, to: +999999999-12-01T00:00:00Z}
                  - {from: 1969-12-31T23:59:59Z, to: 2026-01-01T00:00:00Z}
                rules: []
                """)).hasSize(3).allMatch(m -> m.contains("from 1970 to 9999"));
    }

    @Test
    void refusesMaintenanceThatContradictsItself() {
        assertThat(invalid("""
                maintenance:
                  - {every: week, at: 2:00, for: 8d, zone: Berlin}
                  - {every: week, on: [mon, monday], at: "24:00", for: 1h, zone: UTC, until: x}
                  - {every: day, on: [mon], at: "02:00", for: 24h, zone: UTC}
                  - {every: day, at: "02:00", for: 1h, zone: UTC, from: 2026-01-01T08:00:00Z}
                  - {every: month, at: "02:00", for: 1h}
                  - {at: "02:00", on: [mon], from: 2026-01-01T08:00:00Z, to: 2026-01-01T09:00:00Z}
                rules: []
                """).stream().map(m -> m.replaceFirst("rules.yaml:", "")))
                .containsExactly(
                        "2:5: maintenance[1].on is missing or empty, expected days such as [mon, thu]",
                        "2:23: maintenance[1].at is \"2:00\", expected a time of day such as 02:00",
                        "2:34: maintenance[1].for is \"8d\", expected a duration such as 500ms, 10s, 5m, 2h or 7d, from"
                                + " 1m to 7d",
                        "2:44: maintenance[1].zone is \"Berlin\", expected a time zone such as Europe/Berlin or UTC",
                        "3:29: maintenance[2].on[2] is \"monday\", expected one of mon, tue, wed, thu, fri, sat, sun",
                        "3:42: maintenance[2].at is \"24:00\", expected a time of day such as 02:00",
                        "3:71: unknown key maintenance[2].until, expected one of device, metric, every, on, at, for,"
                                + " zone, from, to",
                        "4:22: maintenance[3].on stands beside every: day, expected every: week with it",
                        "4:47: maintenance[3].for never ends before it begins again, expected less than 1d",
                        "5:57: maintenance[4].from stands beside every, expected one of them",
                        "6:5: maintenance[5].zone is missing, expected a time zone such as Europe/Berlin or UTC",
                        "6:13: maintenance[5].every is \"month\", expected one of day, week",
                        "7:10: maintenance[6].at stands without every, expected every: day or every: week with it",
                        "7:23: maintenance[6].on stands without every, expected every: week with it");
    }

    @Test
    void tellsTabsAndTooManyRules() {
        assertThat(invalid("rules:\n\t- name: a\n"))
                .singleElement()
                .asString()
                .contains("rules.yaml:2:1: tab character");
        var text = new StringBuilder("rules:\n");
        for (int i = 0; i <= Rules.RULES_MAX; i++) {
            text.append("- {name: n%d, on: {device: a, metric: b}, when: {above: 1}, severity: minor}\n".formatted(i));
        }
        assertThat(invalid(text.toString()))
                .singleElement()
                .asString()
                .contains("has 1001 rules, expected at most 1000");
    }

    @Test
    void hashesWhatRulesSayAndNotHowTheyAreWritten() {
        Rules flow = valid("rules: [{name: a, on: {device: '*', metric: b}, when: {above: 1}, severity: minor}]");
        Rules block = valid("""
                rules: # the same
                  - severity: minor
                    name: a
                    on: {device: "*", metric: b}
                    when: {above: 1.0, for: 0s}
                """);
        assertThat(flow.hash()).isEqualTo(block.hash()).hasSize(64).isNotEqualTo(Rules.NONE.hash());
    }

    @Test
    void printsASchemaForEditors() {
        assertThat(RulesParser.schema()).contains("\"$schema\"", "no-data", "hopping");
    }

    private static String rule(String on, String window, String when) {
        return """
                rules:
                  - name: r
                    on: %s
                    window: %s
                    when: %s
                    severity: minor
                """.formatted(on, window, when);
    }

    private static Rules valid(String text) {
        assertThat(parse(text)).isInstanceOf(Parsed.Valid.class);
        return ((Parsed.Valid) parse(text)).rules();
    }

    private static List<String> invalid(String text) {
        assertThat(parse(text)).isInstanceOf(Parsed.Invalid.class);
        return ((Parsed.Invalid) parse(text))
                .mistakes().stream().map(Mistake::toString).toList();
    }

    private static Parsed parse(String text) {
        return RulesParser.parse("rules.yaml", text.getBytes(StandardCharsets.UTF_8));
    }
}
