package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Topics.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    @Test
    void whatIsBuiltIsParsed() {
        assertThat(Topics.parse(Topics.batch("plant-1", "gw-7", "alarm")))
                .isEqualTo(new Topic.Batch("plant-1", "gw-7", "alarm"));
        assertThat(Topics.parse(Topics.receipt("plant-1", "gw-7", "alarm")))
                .isEqualTo(new Topic.Receipt("plant-1", "gw-7", "alarm"));
        assertThat(Topics.parse(Topics.status("plant-1", "gw-7"))).isEqualTo(new Topic.Status("plant-1", "gw-7"));
        assertThat(Topics.parse(Topics.plainEvent("plant-1", "pump-1", "Volume Flow")))
                .isEqualTo(new Topic.PlainEvent("plant-1", "pump-1", "Volume Flow"));
    }

    @Test
    void looksAsTheContractSays() {
        assertThat(Topics.batch("s", "a", "l")).isEqualTo("millrace/v1/s/a/batch/l");
        assertThat(Topics.receipt("s", "a", "l")).isEqualTo("millrace/v1/s/a/receipt/l");
        assertThat(Topics.status("s", "a")).isEqualTo("millrace/v1/s/a/status");
        assertThat(Topics.plainEvent("s", "d", "m")).isEqualTo("millrace/v1/s/d/event/m");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "millrace/v1/",
                "millrace/v1/s",
                "millrace/v1/s/a",
                "millrace/v1/s/a/batch",
                "millrace/v1/s/a/batch/",
                "millrace/v1/s/a/batch/l/x",
                "millrace/v1/s/a/status/x",
                "millrace/v1//a/batch/l",
                "millrace/v1/s/a/other/l",
                "millrace/v1/s/a/event/+",
                "millrace/v2/s/a/batch/l",
                "/millrace/v1/s/a/batch/l",
                "zigbee2mqtt/lamp"
            })
    void anythingElseIsNoneOfOurs(String topic) {
        assertThat(Topics.parse(topic)).isNull();
    }
}
