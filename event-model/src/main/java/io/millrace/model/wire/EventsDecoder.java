package io.millrace.model.wire;

import io.millrace.model.EventBatch;
import io.millrace.model.Names;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.ValueType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads what {@link EventsEncoder} wrote, from bytes that may be anything. Not thread-safe. */
final class EventsDecoder {
    private static final ValueType[] TYPES = ValueType.values();
    private static final String[] NO_TEXTS = {};

    private final long[] column = new long[EventBatch.EVENTS_MAX];
    private final long[] times = new long[EventBatch.EVENTS_MAX];
    private final long[] bits = new long[EventBatch.EVENTS_MAX];
    private final byte[] types = new byte[EventBatch.EVENTS_MAX];
    private final Quality[] qualities = new Quality[EventBatch.EVENTS_MAX];
    private final int[] seriesOf = new int[EventBatch.EVENTS_MAX];
    private final int[] bySeries = new int[EventBatch.EVENTS_MAX];
    private @Nullable String[] texts = NO_TEXTS;
    private int size;
    private long textBytes;

    /** @param n at most {@link EventBatch#EVENTS_MAX} */
    EventBatch read(ByteReader in, int n) throws MalformedMessageException {
        texts = NO_TEXTS;
        size = n;
        textBytes = 0;
        Series[] series = readSeries(in, n);
        readSeriesOfEvents(in, n, series.length);
        readTimes(in, n);
        readQualities(in, n);
        readValues(in, n, series.length);
        if (in.remaining() > 0) {
            throw in.wrong("%d bytes are left over".formatted(in.remaining()));
        }
        return build(n, series);
    }

    private Series[] readSeries(ByteReader in, int n) throws MalformedMessageException {
        String[][] names = {readNames(in, n), readNames(in, n), readNames(in, n)};
        int count = in.count("number of series", Math.min(n, 1), n);
        int[][] places = {
            readPlaces(in, names[0], count), readPlaces(in, names[1], count), readPlaces(in, names[2], count)
        };
        var series = new Series[count];
        for (int s = 0; s < count; s++) {
            try {
                series[s] = new Series(names[0][places[0][s]], names[1][places[1][s]], names[2][places[2][s]]);
            } catch (IllegalArgumentException e) {
                throw in.wrong("series %d: %s, in the names that end".formatted(s, e.getMessage()));
            }
        }
        return series;
    }

    private static String[] readNames(ByteReader in, int n) throws MalformedMessageException {
        var names = new String[in.count("number of names", Math.min(n, 1), n)];
        for (int i = 0; i < names.length; i++) {
            names[i] = in.text(in.count("length of a name", 0, Names.BYTES_MAX));
        }
        return names;
    }

    private int[] readPlaces(ByteReader in, String[] names, int count) throws MalformedMessageException {
        ColumnDecoder.read(in, column, count);
        int[] places = new int[count];
        for (int s = 0; s < count; s++) {
            places[s] = inRange(in, "place of a name", column[s], 0, names.length - 1);
        }
        return places;
    }

    private void readSeriesOfEvents(ByteReader in, int n, int seriesCount) throws MalformedMessageException {
        ColumnDecoder.read(in, column, n);
        var prediction = new SeriesPrediction(seriesCount);
        for (int i = 0; i < n; i++) {
            int distance = inRange(in, "distance from the predicted series", column[i], 0, seriesCount - 1);
            int actual = prediction.next() + distance;
            seriesOf[i] = actual < seriesCount ? actual : actual - seriesCount;
            prediction.saw(seriesOf[i]);
        }
    }

    private void readTimes(ByteReader in, int n) throws MalformedMessageException {
        int instants = in.count("number of instants", Math.min(n, 1), n);
        ColumnDecoder.read(in, column, instants);
        ColumnDecoder.read(in, bits, instants);
        int at = 0;
        for (int k = 0; k < instants; k++) {
            int run = inRange(in, "events at one instant", column[k], 1, n - at);
            Arrays.fill(times, at, at + run, bits[k]);
            at += run;
        }
        if (at != n) {
            throw in.wrong("times are given for %d of %d events".formatted(at, n));
        }
    }

    private void readQualities(ByteReader in, int n) throws MalformedMessageException {
        ColumnDecoder.read(in, column, n);
        for (int i = 0; i < n; i++) {
            qualities[i] = Quality.ofCode(inRange(in, "quality", column[i], 0, 2));
        }
    }

    private void readValues(ByteReader in, int n, int seriesCount) throws MalformedMessageException {
        int[] start = groupBySeries(n, seriesCount);
        ColumnDecoder.read(in, column, seriesCount);
        int[] typeOf = new int[seriesCount];
        for (int s = 0; s < seriesCount; s++) {
            typeOf[s] = inRange(in, "type of a series", column[s], 0, TYPES.length);
        }
        for (int s = 0; s < seriesCount; s++) {
            if (typeOf[s] == 0) {
                readMixed(in, start[s], start[s + 1]);
            } else {
                for (int k = start[s]; k < start[s + 1]; k++) {
                    types[bySeries[k]] = (byte) typeOf[s];
                }
                readValues(in, start[s], start[s + 1], start[s + 1] - start[s], TYPES[typeOf[s] - 1]);
            }
        }
    }

    private void readMixed(ByteReader in, int from, int to) throws MalformedMessageException {
        ColumnDecoder.read(in, column, to - from);
        int[] countByType = new int[TYPES.length + 1];
        for (int k = from; k < to; k++) {
            int type = inRange(in, "type of a value", column[k - from], 1, TYPES.length);
            types[bySeries[k]] = (byte) type;
            countByType[type]++;
        }
        for (ValueType type : TYPES) {
            readValues(in, from, to, countByType[type.code()], type);
        }
    }

    /** Reads the {@code count} values of a type among the events from..to of {@link #bySeries}. */
    private void readValues(ByteReader in, int from, int to, int count, ValueType type)
            throws MalformedMessageException {
        if (count == 0) {
            return;
        }
        String[] distinct = type == ValueType.TEXT ? readTexts(in, count) : NO_TEXTS;
        if (type == ValueType.NUMBER) {
            NumberColumn.read(in, column, count);
        } else {
            ColumnDecoder.read(in, column, count);
        }
        for (int k = from, at = 0; k < to; k++) {
            int i = bySeries[k];
            if (types[i] == type.code()) {
                set(in, i, type, column[at++], distinct);
            }
        }
    }

    private void set(ByteReader in, int i, ValueType type, long value, String[] distinct)
            throws MalformedMessageException {
        switch (type) {
            case NUMBER, INTEGER -> bits[i] = value;
            case BOOLEAN -> bits[i] = inRange(in, "a boolean", value, 0, 1);
            case TEXT -> {
                String text = distinct[inRange(in, "place of a text", value, 0, distinct.length - 1)];
                textBytes += text.length();
                if (textBytes > WireEncoder.PAYLOAD_BYTES_MAX) {
                    throw in.wrong(
                            "texts are more than %d characters together,".formatted(WireEncoder.PAYLOAD_BYTES_MAX));
                }
                texts[i] = text;
                bits[i] = 0;
            }
        }
    }

    private String[] readTexts(ByteReader in, int count) throws MalformedMessageException {
        if (texts.length == 0) {
            texts = new String[size];
        }
        var distinct = new String[in.count("number of distinct texts", 1, count)];
        ColumnDecoder.read(in, column, distinct.length);
        for (int t = 0; t < distinct.length; t++) {
            distinct[t] = in.text(inRange(in, "length of a text", column[t], 0, EventBatch.TEXT_BYTES_MAX));
        }
        return distinct;
    }

    private int[] groupBySeries(int n, int seriesCount) {
        int[] start = new int[seriesCount + 1];
        for (int i = 0; i < n; i++) {
            start[seriesOf[i] + 1]++;
        }
        for (int s = 0; s < seriesCount; s++) {
            start[s + 1] += start[s];
        }
        int[] next = Arrays.copyOf(start, seriesCount);
        for (int i = 0; i < n; i++) {
            bySeries[next[seriesOf[i]]++] = i;
        }
        return start;
    }

    private EventBatch build(int n, Series[] series) {
        EventBatch.Builder batch = EventBatch.builder();
        int[] index = new int[series.length];
        Arrays.fill(index, -1);
        for (int i = 0; i < n; i++) {
            int s = seriesOf[i];
            if (index[s] < 0) {
                index[s] = batch.seriesIndex(series[s]);
            }
            String text = texts.length == 0 ? null : texts[i];
            batch.add(index[s], times[i], TYPES[types[i] - 1], bits[i], text, qualities[i]);
        }
        return batch.build();
    }

    private static int inRange(ByteReader in, String what, long value, int min, int max)
            throws MalformedMessageException {
        if (value < min || value > max) {
            throw in.wrong("%s is %d, expected %d to %d, in the column that ends".formatted(what, value, min, max));
        }
        return (int) value;
    }
}
