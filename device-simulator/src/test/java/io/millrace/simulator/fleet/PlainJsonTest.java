package io.millrace.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Value;
import org.junit.jupiter.api.Test;

class PlainJsonTest {
    private final PlainJson json = new PlainJson();

    private String encoded(Value value, long timeMicros, String unit) {
        var out = new StringBuilder();
        json.reading(out, value, timeMicros, unit);
        return out.toString();
    }

    @Test
    void writesWhatAPlainDeviceMaySend() {
        assertThat(encoded(new Value.Numeric(21.5), 1_767_225_600_000_042L, "°C"))
                .isEqualTo("{\"value\":21.5,\"ts\":\"2026-01-01T00:00:00.000042Z\",\"unit\":\"°C\"}");
        assertThat(encoded(new Value.Whole(-3), 1_767_225_600_999_999L, ""))
                .isEqualTo("{\"value\":-3,\"ts\":\"2026-01-01T00:00:00.999999Z\"}");
        assertThat(encoded(new Value.Bool(true), 1_767_225_601_000_000L, ""))
                .isEqualTo("{\"value\":true,\"ts\":\"2026-01-01T00:00:01.000000Z\"}");
        assertThat(encoded(new Value.Text("a \"b\"\n"), 0, ""))
                .isEqualTo("{\"value\":\"a \\\"b\\\"\\n\",\"ts\":\"1970-01-01T00:00:00.000000Z\"}");
    }
}
