package io.millrace.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Quality;
import io.millrace.model.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventJsonTest {
    @Test
    void aLineIsWhatTheContractShows() throws IOException {
        assertThat(line(row(ValueType.NUMBER, 21.5, null))).isEqualTo("""
                        {"ts":"2026-01-01T00:00:00.000001Z","site":"plant-1","agent":"gw-7","device":"pump-1","metric":"temp","value":21.5,"unit":"°C","quality":"uncertain","lane":"telemetry","epoch":"9223372036854775807","seq":42}
                        """);
    }

    @Test
    void valuesKeepTheirTypeAndAllDigits() throws IOException {
        assertThat(line(row(ValueType.INTEGER, 7, null))).contains("\"value\":7,");
        assertThat(line(row(ValueType.INTEGER, 9.007199254740992E15, "9007199254740993")))
                .contains("\"value\":9007199254740993,");
        assertThat(line(row(ValueType.BOOLEAN, 1, null))).contains("\"value\":true,");
        assertThat(line(row(ValueType.TEXT, Double.NaN, "say \"hi\"\n"))).contains("\"value\":\"say \\\"hi\\\"\\n\",");
        assertThat(line(row(ValueType.NUMBER, -0.0, null))).contains("\"value\":-0.0,");
    }

    @Test
    void aCursorNamesTheRowsPlace() {
        EventRow row = row(ValueType.NUMBER, 1, null);
        assertThat(EventRow.ORDER.compare(EventRow.ofCursor(row.cursor()), row)).isZero();
    }

    private static String line(EventRow row) throws IOException {
        var out = new ByteArrayOutputStream();
        EventJson.writeLines(List.of(row), out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static EventRow row(ValueType type, double value, @Nullable String text) {
        return new EventRow(
                1_767_225_600_000_001L,
                "plant-1",
                "gw-7",
                "telemetry",
                Long.MAX_VALUE,
                42,
                "pump-1",
                "temp",
                "°C",
                type,
                value,
                text,
                Quality.UNCERTAIN);
    }
}
