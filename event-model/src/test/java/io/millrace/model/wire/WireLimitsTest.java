package io.millrace.model.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class WireLimitsTest {
    private static final Series SERIES = new Series("pump-1", "state", "");

    private final WireEncoder encoder = new WireEncoder();
    private final WireDecoder decoder = new WireDecoder();

    @Test
    void aBatchOfNoEventsTravels() {
        assertReturns(batch(0, i -> new Value.Whole(i)));
    }

    @Test
    void theLargestBatchTravels() {
        var random = new SplittableRandom(1);
        assertReturns(batch(EventBatch.EVENTS_MAX, i -> new Value.Numeric(random.nextDouble())));
    }

    @Test
    void theLongestTextTravelsAndOneByteMoreIsRefused() {
        String longest = "é".repeat(EventBatch.TEXT_BYTES_MAX / 2);
        assertReturns(batch(1, i -> new Value.Text(longest)));
        assertRefused(batch(1, i -> new Value.Text(longest + "x")), "65505 bytes long, expected at most 65504");
    }

    @Test
    void aMessageThatWouldBeTooLargeIsRefusedAndTheEncoderGoesOn() {
        var random = new SplittableRandom(1);
        assertRefused(batch(10_000, i -> new Value.Text(noise(random, 40))), "split the batch");
        assertRefused(batch(100, i -> new Value.Text("x".repeat(60_000))), "split the batch");
        assertReturns(batch(10, i -> new Value.Text("x".repeat(60_000))));
    }

    @Test
    void textThatRepeatsCostsLittle() {
        EventBatch batch = batch(500, i -> new Value.Text(i % 3 == 0 ? "RUNNING" : "STOPPED"));
        assertThat(encoder.encode(Messages.envelope(500), batch).length).isLessThan(200);
    }

    @Test
    void longNamesAreCompressed() {
        EventBatch.Builder batch = EventBatch.builder();
        for (int i = 0; i < 300; i++) {
            batch.add(new Event(
                    new Series("building-7/floor-2/room-%03d".formatted(i), "temperature", "°C"),
                    0,
                    new Value.Numeric(20),
                    Quality.GOOD));
        }
        assertReturns(batch.build());
        assertThat(encoder.encode(Messages.envelope(300), batch.build()).length).isLessThan(4000);
    }

    @Test
    void countsThatDoNotAgreeAreRefused() {
        EventBatch batch = batch(2, i -> new Value.Whole(i));
        assertThatThrownBy(() -> encoder.encode(Messages.envelope(3), batch)).hasMessageContaining("says 3 events");
        assertThatThrownBy(() -> encoder.encodeGaps(Messages.envelope(1), List.of()))
                .hasMessageContaining("says 1 gaps");
    }

    @Test
    void aGapOfAnotherStreamIsRefused() {
        var other = new StreamId("plant-1", "gw-7", "alarm", 4711);
        var gap = new Gap(other, new Interval(1, 2), Gap.Reason.EXPIRED, 0, 0);
        assertThatThrownBy(() -> encoder.encodeGaps(Messages.envelope(1), List.of(gap)))
                .hasMessageContaining("as in the envelope");
    }

    private static EventBatch batch(int count, IntFunction<Value> value) {
        EventBatch.Builder batch = EventBatch.builder();
        for (int i = 0; i < count; i++) {
            batch.add(new Event(SERIES, i, value.apply(i), Quality.GOOD));
        }
        return batch.build();
    }

    private static String noise(SplittableRandom random, int length) {
        var text = new StringBuilder();
        while (text.length() < length) {
            text.append((char) random.nextInt(0x4E00, 0x9FFF));
        }
        return text.toString();
    }

    private void assertReturns(EventBatch batch) {
        Envelope envelope = Messages.envelope(batch.size());
        byte[] message = encoder.encode(envelope, batch);
        assertThat(message.length).isLessThanOrEqualTo(WireEncoder.MESSAGE_BYTES_MAX);
        assertThat(decoder.decode(message)).isEqualTo(new Decoded.Events(envelope, batch));
    }

    private void assertRefused(EventBatch batch, String saying) {
        assertThatThrownBy(() -> encoder.encode(Messages.envelope(batch.size()), batch))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(saying);
    }
}
