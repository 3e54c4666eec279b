package io.millrace.gateway.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.gateway.admit.PlainPayload.BadPayloadException;
import io.millrace.model.Quality;
import io.millrace.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainPayloadTest {
    @Test
    void readsABareNumberAsItself() throws BadPayloadException {
        assertThat(parse("21.5")).isEqualTo(new PlainReading(new Value.Numeric(21.5), null, "", Quality.GOOD, null));
        assertThat(parse(" -0.0\n").value()).isEqualTo(new Value.Numeric(-0.0));
        assertThat(parse("1e3").value()).isEqualTo(new Value.Numeric(1000));
    }

    @Test
    void keepsIntegersExactAsFarAsALongGoes() throws BadPayloadException {
        assertThat(parse("9007199254740993").value()).isEqualTo(new Value.Whole(9_007_199_254_740_993L));
        assertThat(parse("-9223372036854775808").value()).isEqualTo(new Value.Whole(Long.MIN_VALUE));
        assertThat(parse("9223372036854775808").value()).isEqualTo(new Value.Numeric(0x1p63));
    }

    @Test
    void readsTrueAndFalse() throws BadPayloadException {
        assertThat(parse("true").value()).isEqualTo(new Value.Bool(true));
        assertThat(parse("false").value()).isEqualTo(new Value.Bool(false));
    }

    @Test
    void readsAllFieldsOfAnObject() throws BadPayloadException {
        assertThat(parse("""
                {"value": 21.5, "ts": "2026-01-01T01:00:00.000001+01:00", "unit": "°C", "quality": "bad", "id": "r-1"}"""))
                .isEqualTo(new PlainReading(new Value.Numeric(21.5), 1_767_225_600_000_001L, "°C", Quality.BAD, "r-1"));
        assertThat(parse("{\"ts\": 1767225600000, \"value\": \"open\"}"))
                .isEqualTo(new PlainReading(new Value.Text("open"), 1_767_225_600_000_000L, "", Quality.GOOD, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "NaN",
                "hello",
                "\"text\"",
                "null",
                "[1]",
                "21.5 22",
                "{}",
                "{\"value\":null}",
                "{\"value\":[1]}",
                "{\"value\":{\"value\":1}}",
                "{\"value\":1",
                "{\"value\":1}}",
                "{\"value\":1,\"value\":2}",
                "{\"value\":1,\"ts\":\"yesterday\"}",
                "{\"value\":1,\"ts\":\"2026-01-01T00:00:00\"}",
                "{\"value\":1,\"ts\":9223372036854775807}",
                "{\"value\":1,\"ts\":1.5}",
                "{\"value\":1,\"unit\":7}",
                "{\"value\":1,\"quality\":\"fine\"}",
                "{\"value\":1,\"id\":\"\"}",
                "+1",
                "0x10",
                "'1'",
                "1,5"
            })
    void refusesWhatIsNoReading(String payload) {
        assertThatThrownBy(() -> parse(payload)).isInstanceOf(BadPayloadException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"value\":1,\"temp\":2} | unknown_field | field \"temp\" is not known, expected value, ts, unit, quality or id",
                "{\"unit\":\"V\"}         | malformed     | field \"value\" is missing",
            })
    void saysWhatIsWrong(String payload, String reason, String detail) {
        BadPayloadException e = catchThrowableOfType(BadPayloadException.class, () -> parse(payload));
        assertThat(e.reason()).isEqualTo(reason);
        assertThat(e.detail()).isEqualTo(detail);
    }

    @Test
    void refusesAMegabyteOfTextWithoutReadingIt() {
        BadPayloadException e = catchThrowableOfType(
                BadPayloadException.class, () -> parse("{\"value\":\"" + "x".repeat(1 << 20) + "\"}"));
        assertThat(e.reason()).isEqualTo("too_large");
    }

    @Test
    void anyBytesGiveAReadingOrARefusalAndNothingElse() {
        byte[] valid =
                "{\"value\":21.5,\"ts\":\"2026-01-01T00:00:00Z\",\"unit\":\"V\"}".getBytes(StandardCharsets.UTF_8);
        for (int seed = 0; seed < 5_000; seed++) {
            var random = new SplittableRandom(seed);
            byte[] bytes = valid.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(PlainPayload.parse(bytes).value()).isNotNull();
            } catch (BadPayloadException e) {
                assertThat(e.detail()).isNotBlank();
            }
        }
    }

    private static PlainReading parse(String payload) throws BadPayloadException {
        return PlainPayload.parse(payload.getBytes(StandardCharsets.UTF_8));
    }
}
