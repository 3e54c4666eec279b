package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RulesTest {
    private static final String HOT = "{name: hot, on: {device: a, metric: t}, severity: major, ";

    private static Rules rules(String... lines) {
        String text = "rules:\n  - " + String.join("\n  - ", lines) + "\n";
        return ((RulesParser.Parsed.Valid) RulesParser.parse("rules.yaml", text.getBytes(StandardCharsets.UTF_8)))
                .rules();
    }

    @Test
    void rulesWithOtherLimitsOrOfReadingsGiveTheSameWindows() {
        Rules rules = rules(HOT + "window: {type: tumbling, size: 5m}, when: {aggregate: mean, above: 1}}");
        assertThat(rules.giveSameWindowsAs(
                        rules(HOT + "window: {type: tumbling, size: 5m}, when: {aggregate: max, below: 3, for: 1h}}")))
                .isTrue();
        assertThat(Rules.NONE.giveSameWindowsAs(rules(HOT + "when: {above: 1}}")))
                .isTrue();
        assertThat(Rules.NONE.giveSameWindowsAs(rules(HOT + "when: {no-data: 1m}}")))
                .isTrue();
        assertThat(Rules.NONE.giveSameWindowsAs(
                        rules(HOT + "window: {type: tumbling, size: 1m}, when: {aggregate: mean, above: 1}}")))
                .isTrue();
        assertThat(Rules.NONE.giveSameWindowsAs(rules(
                        HOT + "by: [site], window: {type: tumbling, size: 5m}, when: {aggregate: mean, above: 1}}")))
                .isTrue();
    }

    @Test
    void anotherSizeOrOtherSeriesGiveOtherWindows() {
        Rules rules = rules(HOT + "window: {type: tumbling, size: 5m}, when: {aggregate: mean, above: 1}}");
        assertThat(rules.giveSameWindowsAs(Rules.NONE)).isFalse();
        assertThat(rules.giveSameWindowsAs(
                        rules(HOT + "window: {type: tumbling, size: 6m}, when: {aggregate: mean, above: 1}}")))
                .isFalse();
        assertThat(rules.giveSameWindowsAs(rules(
                        "{name: hot, on: {device: b, metric: t}, severity: major, window: {type: tumbling, size: 5m},"
                                + " when: {aggregate: mean, above: 1}}")))
                .isFalse();
    }
}
