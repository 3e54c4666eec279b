package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulationTest {
    @Test
    void readsEveryNumberOfAReportByItsPath() throws Exception {
        assertThat(
                        Simulation.numbers(
                                "{\"ok\":true,\"stored\":7,\"missing\":null,\"latency_ms\":{\"receipt\":{\"p99\":2.5},\"visible\":null}}\n"))
                .isEqualTo(Map.of("stored", 7.0, "latency_ms.receipt.p99", 2.5));
    }
}
