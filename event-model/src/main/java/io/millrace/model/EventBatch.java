package io.millrace.model;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive events of one stream as columns: five arrays instead of an object each, because a gateway moves millions
 * a second. {@link #event} gives one as an object. Immutable once built; the builder is not thread-safe.
 */
public final class EventBatch {
    /** Most events in one batch. */
    public static final int EVENTS_MAX = 10_000;

    /** Largest event, in bytes of UTF-8 text plus {@value #EVENT_BYTES_FIXED} for the rest. */
    public static final int EVENT_BYTES_MAX = 64 * 1024;

    private static final int EVENT_BYTES_FIXED = 32;

    /** Longest text of an event, in bytes of UTF-8. */
    public static final int TEXT_BYTES_MAX = EVENT_BYTES_MAX - EVENT_BYTES_FIXED;

    private final List<Series> series;
    private final int size;
    private final int[] seriesIndex;
    private final long[] timeMicros;
    private final byte[] type;
    private final long[] bits;
    private final @Nullable String @Nullable [] text;
    private final byte[] quality;

    private EventBatch(Builder from) {
        series = List.copyOf(from.series);
        size = from.size;
        seriesIndex = from.seriesIndex;
        timeMicros = from.timeMicros;
        type = from.type;
        bits = from.bits;
        text = from.text;
        quality = from.quality;
    }

    public static Builder builder() {
        return new Builder(512);
    }

    /** How many events it holds, 0 to {@value #EVENTS_MAX}. */
    public int size() {
        return size;
    }

    /** The series that occur, in the order of their first event. */
    public List<Series> series() {
        return series;
    }

    /** Place of event {@code i}'s series in {@link #series()}. */
    public int seriesIndex(int i) {
        return seriesIndex[i];
    }

    public Series series(int i) {
        return series.get(seriesIndex[i]);
    }

    /** Microseconds since 1970-01-01T00:00Z. */
    public long timeMicros(int i) {
        return timeMicros[i];
    }

    public ValueType type(int i) {
        return ValueType.ofCode(type[i]);
    }

    /** The raw bits of a number, the integer itself, 0 or 1 of a boolean, 0 of a text. */
    public long bits(int i) {
        return bits[i];
    }

    /** The value as a double: of a boolean 0 or 1, of an integer the nearest double, of a text NaN. */
    public double number(int i) {
        return switch (type(i)) {
            case NUMBER -> Double.longBitsToDouble(bits[i]);
            case INTEGER, BOOLEAN -> bits[i];
            case TEXT -> Double.NaN;
        };
    }

    /** The text, or null if the event is not one. */
    public @Nullable String text(int i) {
        return text == null ? null : text[i];
    }

    public Quality quality(int i) {
        return Quality.ofCode(quality[i]);
    }

    public Value value(int i) {
        return switch (type(i)) {
            case NUMBER -> new Value.Numeric(Double.longBitsToDouble(bits[i]));
            case INTEGER -> new Value.Whole(bits[i]);
            case BOOLEAN -> new Value.Bool(bits[i] != 0);
            case TEXT -> new Value.Text(textAt(i));
        };
    }

    private String textAt(int i) {
        String at = text(i);
        return at == null ? "" : at;
    }

    public Event event(int i) {
        return new Event(series(i), timeMicros[i], value(i), quality(i));
    }

    /** All events in order; a view. */
    public List<Event> events() {
        return new AbstractList<>() {
            @Override
            public Event get(int i) {
                return event(Objects.checkIndex(i, size));
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    /** Equal when the events are, bit for bit: NaN equals the same NaN, -0.0 does not equal 0.0. */
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof EventBatch b) || b.size != size) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if (timeMicros[i] != b.timeMicros[i]
                    || type[i] != b.type[i]
                    || bits[i] != b.bits[i]
                    || quality[i] != b.quality[i]
                    || !series(i).equals(b.series(i))
                    || !textAt(i).equals(b.textAt(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = size;
        for (int i = 0; i < size; i++) {
            hash = 31 * hash + Long.hashCode(timeMicros[i] ^ bits[i]);
        }
        return hash;
    }

    @Override
    public String toString() {
        return "EventBatch" + events();
    }

    /** Collects events in order. */
    public static final class Builder {
        private final List<Series> series = new ArrayList<>();
        private final Map<Series, Integer> indexBySeries = new HashMap<>();
        private int size;
        private int[] seriesIndex;
        private long[] timeMicros;
        private byte[] type;
        private long[] bits;
        private @Nullable String @Nullable [] text;
        private byte[] quality;

        private Builder(int capacity) {
            seriesIndex = new int[capacity];
            timeMicros = new long[capacity];
            type = new byte[capacity];
            bits = new long[capacity];
            quality = new byte[capacity];
        }

        public int size() {
            return size;
        }

        /** Registers a series, or finds it, for {@link #add(int, long, ValueType, long, String, Quality)}. */
        public int seriesIndex(Series s) {
            Integer at = indexBySeries.get(s);
            if (at == null) {
                at = series.size();
                series.add(s);
                indexBySeries.put(s, at);
            }
            return at;
        }

        public Builder add(Event event) {
            int at = seriesIndex(event.series());
            return switch (event.value()) {
                case Value.Numeric(double n) ->
                    add(at, event.timeMicros(), ValueType.NUMBER, Double.doubleToRawLongBits(n), null, event.quality());
                case Value.Whole(long n) -> add(at, event.timeMicros(), ValueType.INTEGER, n, null, event.quality());
                case Value.Bool(boolean on) ->
                    add(at, event.timeMicros(), ValueType.BOOLEAN, on ? 1 : 0, null, event.quality());
                case Value.Text(String t) -> add(at, event.timeMicros(), ValueType.TEXT, 0, t, event.quality());
            };
        }

        /**
         * Adds one event by columns.
         *
         * @param seriesIndex from {@link #seriesIndex(Series)}
         * @param bits as {@link EventBatch#bits} gives them
         * @param newText the text if {@code newType} is {@link ValueType#TEXT}, else null
         * @throws IllegalArgumentException if bits or text are not of that type
         * @throws IllegalStateException if the batch holds {@value EventBatch#EVENTS_MAX} events already
         */
        public Builder add(
                int seriesIndex,
                long timeMicros,
                ValueType newType,
                long bits,
                @Nullable String newText,
                Quality newQuality) {
            if (size == EVENTS_MAX) {
                throw new IllegalStateException("batch holds %d events, expected at most that".formatted(size));
            }
            checkType(newType, bits, newText);
            if (size == this.timeMicros.length) {
                resize(Math.min(EVENTS_MAX, size * 2));
            }
            this.seriesIndex[size] = Objects.checkIndex(seriesIndex, series.size());
            this.timeMicros[size] = timeMicros;
            this.type[size] = newType.code();
            this.bits[size] = bits;
            this.quality[size] = newQuality.code();
            if (newText != null) {
                if (text == null) {
                    text = new String[this.timeMicros.length];
                }
                text[size] = newText;
            }
            size++;
            return this;
        }

        private static void checkType(ValueType type, long bits, @Nullable String text) {
            boolean bitsFit = switch (type) {
                case NUMBER, INTEGER -> true;
                case BOOLEAN -> bits == 0 || bits == 1;
                case TEXT -> bits == 0;
            };
            if (!bitsFit || (text != null) != (type == ValueType.TEXT)) {
                throw new IllegalArgumentException(
                        "value of type %s has bits %d and %s text, expected 0 or 1 of a boolean, 0 and text of a text"
                                .formatted(type, bits, text == null ? "no" : "a"));
            }
        }

        private void resize(int capacity) {
            seriesIndex = Arrays.copyOf(seriesIndex, capacity);
            timeMicros = Arrays.copyOf(timeMicros, capacity);
            type = Arrays.copyOf(type, capacity);
            bits = Arrays.copyOf(bits, capacity);
            quality = Arrays.copyOf(quality, capacity);
            if (text != null) {
                text = Arrays.copyOf(text, capacity);
            }
        }

        /** Ends this builder: it must not be used afterwards, the batch owns its arrays. */
        public EventBatch build() {
            if (size < timeMicros.length / 2) {
                resize(size); // a plain reading, say, alone among 512 places: a gateway holds many of them
            }
            return new EventBatch(this);
        }
    }

    /** Bytes that an event counts for against {@link #EVENT_BYTES_MAX}. */
    public static int bytesOf(Event event) {
        int textBytes = event.value() instanceof Value.Text(String t) ? t.getBytes(StandardCharsets.UTF_8).length : 0;
        return EVENT_BYTES_FIXED + textBytes;
    }
}
