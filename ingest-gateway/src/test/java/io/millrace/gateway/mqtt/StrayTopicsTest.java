package io.millrace.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrayTopicsTest {
    /** Against the filters of application.yaml: what one of them matches must not come twice. */
    @ParameterizedTest
    @CsvSource({
        "millrace/v1/s/a/batch/telemetry, true",
        "millrace/v1/s/a/batch, false",
        "millrace/v1/s/a/batch/telemetry/x, false",
        "millrace/v1/s/a/status, true",
        "millrace/v1/s/a/status/x, false",
        "millrace/v1/s/d/event/t, true",
        "millrace/v1/s/d/event, true",
        "millrace/v1/s/d/event/t/x, true",
        "millrace/v1/s/a/receipt/telemetry, true",
        "millrace/v1/s/d/evnt/t, false",
        "millrace/v1/s/d, false",
        "millrace/v2/s/d/event/t, false",
        "Millrace/v1/s/d/event/t, false",
        "elsewhere, false",
        "millrace-bundle/1/plain/3, true",
        "millrace-bundle/1/batch/3, true",
        "millrace-bundle/1/status/3, false",
        "millrace-bundle/1/plain, false",
        "millrace-bundle/1/plain/3/x, false",
        "millrace-bundle/2/plain/3, false",
    })
    void knowsWhatTheOthersHear(String topic, boolean heard) {
        assertThat(StrayTopics.isHeardElsewhere(topic)).isEqualTo(heard);
    }
}
