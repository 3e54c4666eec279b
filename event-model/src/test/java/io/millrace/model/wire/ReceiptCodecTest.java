package io.millrace.model.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Interval;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiptCodecTest {
    private static final Receipt SETTLED = new Receipt.Settled(
            Long.MAX_VALUE, Durability.FSYNC, List.of(new Interval(1, 500), new Interval(502, Long.MAX_VALUE)));

    @Test
    void looksAsDocumented() {
        assertThat(new String(ReceiptCodec.encode(SETTLED), UTF_8))
                .isEqualTo(
                        "{\"epoch\":\"9223372036854775807\",\"durability\":\"fsync\",\"settled\":[[1,500],[502,null]]}");
        assertThat(new String(ReceiptCodec.encode(new Receipt.Unsupported(7, 1)), UTF_8))
                .isEqualTo("{\"epoch\":\"7\",\"unsupported\":{\"max\":1}}");
    }

    @Test
    void anyReceiptDecodesToItself() throws MalformedMessageException {
        for (Receipt receipt :
                List.of(SETTLED, new Receipt.Settled(0, Durability.OS, List.of()), new Receipt.Unsupported(7, 1))) {
            assertThat(ReceiptCodec.decode(ReceiptCodec.encode(receipt))).isEqualTo(receipt);
        }
    }

    @Test
    void fieldsOfLaterVersionsAreIgnored() throws MalformedMessageException {
        String later = """
                {"later":[{"a":[1]}],"settled":[[3,4],[1,2]],"epoch":"7","durability":"os","unsupported":{"since":"x"}}""";
        assertThat(decode(later)).isEqualTo(new Receipt.Settled(7, Durability.OS, List.of(new Interval(1, 4))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | receipt is null, expected an object",
                "[] | receipt is START_ARRAY, expected an object",
                "{} | receipt has no epoch",
                "{\"epoch\":7} | epoch is VALUE_NUMBER_INT, expected a string, at byte 9",
                "{\"epoch\":\"-7\"} | epoch is '-7', expected a string of a number",
                "{\"epoch\":\"7\"} | neither durability and settled nor unsupported.max",
                "{\"epoch\":\"7\",\"durability\":\"tape\"} | durability is 'tape', expected fsync or os, at byte 26",
                "{\"settled\":[[2,1]]} | settled holds 2 to 1",
                "{\"settled\":[[-1,1]]} | settled is -1, expected 0 to 2^63-1",
                "{\"settled\":[[1,9223372036854775808]]} | expected 0 to 2^63-1",
                "{\"settled\":[[1.5,2]]} | expected a whole number",
                "{\"settled\":[[1,2,3]]} | expected pairs of first and last",
                "{\"settled\":[1,2]} | expected an array of pairs",
                "{\"settled\":[[1, | receipt is not JSON",
                "{\"epoch\":\"7\",\"unsupported\":{\"max\":1}} 1 | receipt goes on after its end",
                "nonsense | receipt is not JSON"
            })
    void whatIsWrongIsSaidWithItsPlace(String message, String reason) {
        assertThatThrownBy(() -> decode(message))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void depthAndSizeAreBounded() {
        assertThatThrownBy(() -> decode("{\"x\":" + "[".repeat(10_000))).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> ReceiptCodec.decode(new byte[Json.BYTES_MAX + 1]))
                .hasMessageContaining("1048577 bytes long");
    }

    private static Receipt decode(String message) throws MalformedMessageException {
        return ReceiptCodec.decode(message.getBytes(UTF_8));
    }
}
