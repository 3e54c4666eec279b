package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HashCodesTest {
    private static final int SITES = 4;
    private static final int AGENTS = 500;
    private static final int DEVICES = 8;

    @Test
    void namesThatCountUpHaveHashCodesOfTheirOwn() {
        Set<Integer> codes = new HashSet<>();
        Set<Integer> streams = new HashSet<>();
        for (int site = 1; site <= SITES; site++) {
            for (int agent = 1; agent <= AGENTS; agent++) {
                String name = "unit-" + agent;
                streams.add(new StreamId("sim-" + site, name, "telemetry", 1).hashCode());
                for (int device = 1; device <= DEVICES; device++) {
                    var series = new Series(name + "/" + device, "temperature", "°C");
                    codes.add(new SourcedSeries("sim-" + site, name, series).hashCode());
                }
            }
        }
        assertThat(codes).hasSizeGreaterThan(SITES * AGENTS * DEVICES * 99 / 100);
        assertThat(streams).hasSizeGreaterThan(SITES * AGENTS * 99 / 100);
    }

    @Test
    void whatIsEqualHasTheSame() {
        assertThat(key()).isEqualTo(key()).hasSameHashCodeAs(key());
        assertThat(key()).isNotEqualTo(new SourcedSeries("site", "other", key().series()));
        assertThat(key()).isNotEqualTo(new SourcedSeries("other", "agent", key().series()));
    }

    private static SourcedSeries key() {
        return new SourcedSeries("site", "agent", new Series("device", "metric", "unit"));
    }
}
