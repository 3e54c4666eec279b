package io.millrace.model.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Version 1 for ever: messages as they are in logs and spools by now must decode to the same events. */
class GoldenMessagesTest {
    private static final long NOON = 1_767_268_800_000_000L;
    private static final Pattern HEX_BLOCK = Pattern.compile("```hex\\n(.*?)```", Pattern.DOTALL);

    @Test
    void numbersAndBooleansOfTwoSeries() throws IOException {
        assertGolden("six-events", new Decoded.Events(envelope(501, 6, false, null), pump()));
    }

    @Test
    void everyTypeOfValue() throws IOException {
        EventBatch batch = press();
        assertGolden(
                "every-type",
                new Decoded.Events(
                        envelope(1, batch.size(), true, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                        batch));
    }

    @Test
    void gaps() throws IOException {
        Envelope envelope = envelope(0, 2, false, null);
        assertGolden(
                "gaps",
                new Decoded.Gaps(
                        envelope,
                        List.of(
                                new Gap(envelope.stream(), new Interval(7, 9), Gap.Reason.DISK_FULL, NOON, NOON + 2),
                                new Gap(
                                        envelope.stream(),
                                        new Interval(500, Long.MAX_VALUE),
                                        Gap.Reason.UNSYNCED_LOSS,
                                        NOON,
                                        NOON + 500_000))));
    }

    /** Only decoded: another version of zstd may compress to other bytes. */
    @Test
    void compressedTexts() throws IOException {
        EventBatch.Builder batch = EventBatch.builder();
        for (int i = 0; i < 40; i++) {
            batch.add(new Event(
                    new Series("press-1", "log", ""),
                    NOON + i,
                    new Value.Text("order %d has been finished without a fault".formatted(1000 + i)),
                    Quality.GOOD));
        }
        assertThat(new WireDecoder().decode(golden("compressed-texts")))
                .isEqualTo(new Decoded.Events(envelope(1, 40, false, null), batch.build()));
    }

    @Test
    void theDumpInTheDocumentIsTheGoldenMessage() throws IOException {
        Matcher block = HEX_BLOCK.matcher(Files.readString(Path.of("..", "docs", "formats", "wire.md")));
        assertThat(block.find()).isTrue();
        assertThat(bytes(block.group(1))).isEqualTo(golden("six-events"));
    }

    private static EventBatch pump() {
        var temperature = new Series("pump-1", "temperature", "°C");
        var running = new Series("pump-1", "running", "");
        double[] temperatures = {21.5, 21.6, 21.4};
        EventBatch.Builder batch = EventBatch.builder();
        for (int i = 0; i < temperatures.length; i++) {
            long time = NOON + i * 1_000_000L;
            batch.add(new Event(temperature, time, new Value.Numeric(temperatures[i]), Quality.GOOD));
            batch.add(new Event(running, time, new Value.Bool(i < 2), i < 2 ? Quality.GOOD : Quality.UNCERTAIN));
        }
        return batch.build();
    }

    private static EventBatch press() {
        var mixed = new Series("line 2/press", "mixed", "");
        var raw = new Series("line 2/press", "ratio", "m/s²");
        var counter = new Series("line 2/press", "counter", "");
        List<Value> values = List.of(
                new Value.Numeric(-0.0),
                new Value.Whole(Long.MIN_VALUE),
                new Value.Bool(true),
                new Value.Text(""),
                new Value.Numeric(Double.longBitsToDouble(0x7FF8_0000_DEAD_BEEFL)),
                new Value.Text("größer 🙂"),
                new Value.Numeric(Double.NEGATIVE_INFINITY),
                new Value.Whole((1L << 53) + 1),
                new Value.Numeric(0.0273043),
                new Value.Numeric(Double.MIN_VALUE));
        EventBatch.Builder batch = EventBatch.builder();
        for (int i = 0; i < values.size(); i++) {
            batch.add(new Event(mixed, NOON + i * 7L, values.get(i), Quality.ofCode(i % 3)));
            batch.add(new Event(raw, Long.MAX_VALUE - i, new Value.Numeric(Math.sqrt(i)), Quality.GOOD));
            batch.add(new Event(counter, Long.MIN_VALUE, new Value.Whole(i * 1000L), Quality.BAD));
        }
        return batch.build();
    }

    private static Envelope envelope(long first, int count, boolean backfill, @Nullable String traceparent) {
        var stream = new StreamId("plant-1", "gw-7", "telemetry", 0x0123_4567_89AB_CDEFL);
        return new Envelope(stream, first, count, backfill, NOON + 3_000_000, 60_000_000, traceparent);
    }

    private static void assertGolden(String name, Decoded expected) throws IOException {
        byte[] message = switch (expected) {
            case Decoded.Events(Envelope envelope, EventBatch batch) -> new WireEncoder().encode(envelope, batch);
            case Decoded.Gaps(Envelope envelope, List<Gap> gaps) -> new WireEncoder().encodeGaps(envelope, gaps);
            case Decoded.Unsupported _, Decoded.Undecodable _ -> new byte[0];
        };
        assertThat(HexFormat.ofDelimiter(" ").formatHex(message))
                .describedAs("bytes that are written today")
                .isEqualTo(HexFormat.ofDelimiter(" ").formatHex(golden(name)));
        assertThat(new WireDecoder().decode(golden(name))).isEqualTo(expected);
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = GoldenMessagesTest.class.getResourceAsStream("/wire-v1/" + name + ".hex")) {
            return bytes(new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Hex digits; what follows {@code #} in a line is a remark. */
    private static byte[] bytes(String annotated) {
        return HexFormat.of().parseHex(annotated.replaceAll("#[^\\n]*", "").replaceAll("\\s", ""));
    }
}
