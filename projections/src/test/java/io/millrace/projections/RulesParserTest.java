package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Glob;
import io.millrace.model.yaml.Mistake;
import io.millrace.projections.Condition.NoData;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.Rule.WindowValue;
import io.millrace.projections.RulesParser.Parsed;
import java.nio.charset.StandardCharsets;
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
    @ValueSource(strings = {"", "# nothing yet\n", "rules:\n", "rules: []\n"})
    void aFileWithoutRulesIsRight(String text) {
        assertThat(valid(text)).isEqualTo(Rules.NONE);
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
                                + " last",
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
            {type: sliding, size: 1m}                    | type is "sliding", expected one of tumbling, hopping
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
