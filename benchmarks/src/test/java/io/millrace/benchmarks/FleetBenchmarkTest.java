package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FleetBenchmarkTest {
    private static final String REPORT = """
            {"latency_ms": {"receipt": {"max": 2000.0}}, "seconds": [
              {"at_s": 1.0, "receipt_max_ms": 2000.0, "visible_max_ms": 9000.0}, {"at_s": 2.1, "receipt_max_ms": 900.5},
              {"at_s": 3.0, "receipt_max_ms": 700.0, "visible_max_ms": 3000.0}, {"at_s": 4.0, "receipt_max_ms": 800.0, "visible_max_ms": 0.0}]}
            """;

    @Test
    void theLongestDelayOfTheSteadySecondsIsNotThatOfTheSecondsBefore() throws Exception {
        assertThat(FleetBenchmark.withSteadyMax(Simulation.numbers(REPORT), 2))
                .containsEntry("steady.receipt_max_ms", 800.0)
                .containsEntry("steady.visible_max_ms", 3000.0)
                .containsEntry("latency_ms.receipt.max", 2000.0);
    }

    @Test
    void whereNoRowWasSeenNobodyKnowsHowLongItTook() throws Exception {
        assertThat(FleetBenchmark.withSteadyMax(Simulation.numbers(REPORT), 3))
                .containsEntry("steady.receipt_max_ms", 800.0)
                .doesNotContainKey("steady.visible_max_ms");
    }

    @Test
    void aRunThatEndedBeforeItWasSteadyHasNoSuchDelay() throws Exception {
        assertThat(FleetBenchmark.withSteadyMax(Simulation.numbers(REPORT), 4))
                .doesNotContainKey("steady.receipt_max_ms");
    }
}
