package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class EventBatchTest {
    private static final Series TEMPERATURE = new Series("pump-1", "temperature", "°C");
    private static final Series STATE = new Series("pump-1", "state", "");

    @Test
    void givesBackTheEventsInTheirOrder() {
        List<Event> events = List.of(
                new Event(TEMPERATURE, 2, new Value.Numeric(21.5), Quality.GOOD),
                new Event(STATE, 1, new Value.Text(""), Quality.BAD),
                new Event(TEMPERATURE, 3, new Value.Whole(Long.MIN_VALUE), Quality.UNCERTAIN),
                new Event(STATE, 1, new Value.Bool(true), Quality.GOOD));
        EventBatch batch = batchOf(events);

        assertThat(batch.events()).isEqualTo(events);
        assertThat(batch.series()).containsExactly(TEMPERATURE, STATE);
        assertThat(batch.text(1)).isEmpty();
        assertThat(batch.text(0)).isNull();
        assertThat(batch.number(3)).isEqualTo(1);
        assertThat(batch.number(1)).isNaN();
    }

    @Test
    void comparesNumbersBitForBit() {
        EventBatch nan = batchOf(List.of(number(Double.NaN)));
        assertThat(nan).isEqualTo(batchOf(List.of(number(Double.NaN)))).hasSameHashCodeAs(nan);
        assertThat(nan).isNotEqualTo(batchOf(List.of(number(Double.longBitsToDouble(0x7FF8_0000_0000_0001L)))));
        assertThat(batchOf(List.of(number(0.0)))).isNotEqualTo(batchOf(List.of(number(-0.0))));
    }

    @Test
    void holdsTenThousandEventsAndNoMore() {
        EventBatch.Builder batch = EventBatch.builder();
        for (int i = 0; i < EventBatch.EVENTS_MAX; i++) {
            batch.add(number(i));
        }
        assertThatThrownBy(() -> batch.add(number(0))).hasMessageContaining("10000 events");
        assertThat(batch.build().number(EventBatch.EVENTS_MAX - 1)).isEqualTo(EventBatch.EVENTS_MAX - 1);
    }

    @Test
    void refusesBitsAndTextThatAreNotOfTheType() {
        EventBatch.Builder batch = EventBatch.builder();
        int at = batch.seriesIndex(STATE);
        assertThatThrownBy(() -> batch.add(at, 0, ValueType.BOOLEAN, 2, null, Quality.GOOD))
                .hasMessageContaining("BOOLEAN");
        assertThatThrownBy(() -> batch.add(at, 0, ValueType.TEXT, 0, null, Quality.GOOD))
                .hasMessageContaining("TEXT");
        assertThatThrownBy(() -> batch.add(at, 0, ValueType.NUMBER, 0, "1", Quality.GOOD))
                .hasMessageContaining("NUMBER");
        assertThat(batch.size()).isZero();
    }

    private static Event number(double number) {
        return new Event(TEMPERATURE, 0, new Value.Numeric(number), Quality.GOOD);
    }

    private static EventBatch batchOf(List<Event> events) {
        EventBatch.Builder batch = EventBatch.builder();
        events.forEach(batch::add);
        return batch.build();
    }
}
