package io.millrace.simulator.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.scenario.ScenarioReader;
import io.millrace.simulator.scenario.ScenarioReader.Outcome.Ready;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlertHintTest {
    private static Population population(String scenario, long seconds) {
        var ready = (Ready) ScenarioReader.read(Path.of(scenario));
        return new Population(1, "sim", ready.scenario().fleets(), seconds * 1_000_000);
    }

    @Test
    void namesARuleThatTheDevicesMeetOnceTheyGoWrong() {
        assertThat(AlertHint.of(population("alarm-storm", 60)))
                .endsWith(
                        "- {name: sim-cabinet, on: {device: \"cabinet-*\", metric: \"temperature\"}, when: {above: 67.5},"
                                + " severity: major}");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20})
    void saysNothingWhereNothingGoesWrong(long seconds) {
        assertThat(AlertHint.of(population("alarm-storm", seconds))).isNull();
    }
}
