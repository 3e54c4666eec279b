package io.millrace.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class ParametersTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void tellsEveryMistakeAtOnce() {
        var parameters = new Parameters(
                Map.of(
                        "from", List.of("yesterday"),
                        "limit", List.of("0"),
                        "device", List.of("pump[1"),
                        "site", List.of("a", "b"),
                        "colour", List.of("red")),
                NOW);
        Range.of(parameters);
        SeriesFilter.of(parameters);
        parameters.count("limit", 10, 1, 100);
        assertThatThrownBy(parameters::check)
                .asInstanceOf(InstanceOfAssertFactories.type(ProblemException.class))
                .extracting(e -> e.problem().mistakes())
                .asInstanceOf(InstanceOfAssertFactories.list(Problem.Mistake.class))
                .extracting(Problem.Mistake::parameter)
                .containsExactlyInAnyOrder("from", "limit", "device", "site", "colour");
    }

    @Test
    void takesTheLastQuarterOfAnHourWhenNothingIsSaid() {
        var parameters = new Parameters(Map.of(), NOW);
        Range range = Range.of(parameters);
        parameters.check();
        assertThat(range.toMicros()).isEqualTo(NOW.getEpochSecond() * 1_000_000);
        assertThat(range.toMicros() - range.fromMicros()).isEqualTo(15 * 60 * 1_000_000L);
    }

    @Test
    void refusesARangeThatEndsBeforeItBegins() {
        var parameters = new Parameters(Map.of("from", List.of("now"), "to", List.of("now-1h")), NOW);
        Range.of(parameters);
        assertThatThrownBy(parameters::check).isInstanceOf(ProblemException.class);
    }
}
