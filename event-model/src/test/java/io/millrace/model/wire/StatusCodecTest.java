package io.millrace.model.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Interval;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusCodecTest {
    private static final AgentStatus STATUS = new AgentStatus(
            true,
            1_767_225_600_000_001L,
            "0.1.0",
            List.of(
                    new AgentStatus.Epoch("telemetry", Long.MAX_VALUE, 1000, List.of(new Interval(996, 1000))),
                    new AgentStatus.Epoch("alarm", 0, 0, List.of())));

    @Test
    void looksAsDocumented() {
        assertThat(new String(StatusCodec.encode(STATUS), UTF_8))
                .isEqualTo(
                        "{\"online\":true,\"sentAt\":\"2026-01-01T00:00:00.000001Z\",\"version\":\"0.1.0\",\"epochs\":["
                                + "{\"lane\":\"telemetry\",\"epoch\":\"9223372036854775807\",\"produced\":1000,\"held\":[[996,1000]]},"
                                + "{\"lane\":\"alarm\",\"epoch\":\"0\",\"produced\":0,\"held\":[]}]}");
    }

    @Test
    void anyStatusDecodesToItself() throws MalformedMessageException {
        var lastWill = new AgentStatus(false, -1, "", List.of());
        var extreme = new AgentStatus(false, Long.MIN_VALUE / 2, "0", List.of());
        for (AgentStatus status : List.of(STATUS, lastWill, extreme)) {
            assertThat(StatusCodec.decode(StatusCodec.encode(status))).isEqualTo(status);
        }
    }

    @Test
    void theBacklogLooksAsDocumentedAndComesBack() throws MalformedMessageException {
        var shrinking = new AgentStatus(true, 0, "", List.of(), new AgentStatus.Backlog(1_200_000, 40_001));
        assertThat(new String(StatusCodec.encode(shrinking), UTF_8))
                .endsWith(",\"backlog\":{\"events\":1200000,\"drainedPerSecond\":40001,\"etaSeconds\":30}}");
        var growing = new AgentStatus(true, 0, "", List.of(), new AgentStatus.Backlog(5, 0));
        assertThat(new String(StatusCodec.encode(growing), UTF_8))
                .endsWith(",\"backlog\":{\"events\":5,\"drainedPerSecond\":0}}");
        for (AgentStatus status : List.of(shrinking, growing)) {
            assertThat(StatusCodec.decode(StatusCodec.encode(status))).isEqualTo(status);
        }
    }

    @Test
    void onlyOnlineAndTimeAreNeeded() throws MalformedMessageException {
        assertThat(decode("{\"x\":{\"y\":[]},\"sentAt\":\"1970-01-01T01:00:00+01:00\",\"online\":false}"))
                .isEqualTo(new AgentStatus(false, 0, "", List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | status has no online",
                "{\"online\":true} | status has no sentAt",
                "{\"online\":1} | online is VALUE_NUMBER_INT, expected true or false, at byte 10",
                "{\"sentAt\":\"now\"} | sentAt is 'now', expected a time such as",
                "{\"sentAt\":\"+999999999-01-01T00:00:00Z\"} | sentAt is '+999999999",
                "{\"epochs\":{}} | epochs is START_OBJECT, expected an array",
                "{\"epochs\":[1]} | an epoch is VALUE_NUMBER_INT, expected an object",
                "{\"epochs\":[{\"lane\":\"a\"}]} | an epoch needs lane, epoch and produced",
                "{\"epochs\":[{\"lane\":\"a/b\"}]} | lane holds U+002F",
                "{\"epochs\":[{\"produced\":-1}]} | produced is -1",
                "{\"backlog\":7} | backlog is VALUE_NUMBER_INT, expected an object",
                "{\"backlog\":{\"events\":-7}} | events is -7, expected 0 to 2^63-1",
                "{\"epochs\":[ | status is not JSON"
            })
    void whatIsWrongIsSaidWithItsPlace(String message, String reason) {
        assertThatThrownBy(() -> decode(message))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining(reason);
    }

    private static AgentStatus decode(String message) throws MalformedMessageException {
        return StatusCodec.decode(message.getBytes(UTF_8));
    }
}
