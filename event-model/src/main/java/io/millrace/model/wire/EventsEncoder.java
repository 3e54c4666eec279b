package io.millrace.model.wire;

import io.millrace.model.EventBatch;
import io.millrace.model.Series;
import io.millrace.model.ValueType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Writes the payload of a batch of n events, version 1. Series are numbered in the order of their first event. Not
 * thread-safe.
 *
 * <pre>
 * events(n)  := names names names      devices, metrics, units
 *               series v  column(series) ×3   device, metric and unit of each series, as places in the names
 *               column(n)              series of each event, as the distance from the predicted one (below)
 *               instants v  column(instants)  how many events in a row share a time, 1 or more
 *               column(instants)       those times, µs since 1970
 *               column(n)              quality: 0 good, 1 uncertain, 2 bad
 *               column(series)         type of all values of a series: 1 to 4 as below, 0 if they differ
 *               values*                of each series, its events in order
 * names      := count v  (length v  UTF-8)*
 * values     := column of types if they differ, then for each type that occurs, in ascending order, its values:
 *               1 numbers, 2 column of integers, 3 column of 0 and 1, 4 texts
 * texts(m)   := distinct v  column(distinct) of lengths in bytes  UTF-8  column(m) of places in the distinct texts
 * </pre>
 *
 * <p>Predicted after series p: the one that followed p last time, else the lowest not seen yet, else 0. The distance is
 * (actual - predicted) mod series, so events that come in rounds cost nothing.
 */
final class EventsEncoder {
    private final ColumnEncoder columns = new ColumnEncoder();
    private final NumberColumn numbers = new NumberColumn(columns);
    private final long[] column = new long[EventBatch.EVENTS_MAX];
    private final int[] bySeries = new int[EventBatch.EVENTS_MAX];
    private final int[] seriesOf = new int[EventBatch.EVENTS_MAX];
    private long textBytes;
    private int utf8Bytes;

    /** Bytes of names and texts in the payload written last: the only ones that a general compressor can shrink. */
    int utf8Bytes() {
        return utf8Bytes;
    }

    void write(ByteWriter out, EventBatch events) {
        int n = events.size();
        textBytes = 0;
        utf8Bytes = 0;
        List<Series> series = numberSeries(events);
        writeNames(out, series);
        writeSeries(out, n, series.size());
        writeTimes(out, events);
        for (int i = 0; i < n; i++) {
            column[i] = events.quality(i).code();
        }
        columns.write(out, column, n);
        writeValues(out, events, series.size());
    }

    /** Fills {@link #seriesOf} and gives the series that occur, in the order of their first event. */
    private List<Series> numberSeries(EventBatch events) {
        var numberBySeries = new LinkedHashMap<Series, Integer>();
        int[] numberByIndex = new int[events.series().size()];
        Arrays.fill(numberByIndex, -1);
        for (int i = 0; i < events.size(); i++) {
            int index = events.seriesIndex(i);
            if (numberByIndex[index] < 0) {
                numberByIndex[index] = numberBySeries.size();
                numberBySeries.put(events.series(i), numberByIndex[index]);
            }
            seriesOf[i] = numberByIndex[index];
        }
        return List.copyOf(numberBySeries.keySet());
    }

    private void writeNames(ByteWriter out, List<Series> series) {
        List<Function<Series, String>> parts = List.of(Series::device, Series::metric, Series::unit);
        var places = new long[parts.size()][series.size()];
        for (int part = 0; part < parts.size(); part++) {
            var placeByName = new LinkedHashMap<String, Integer>();
            for (int s = 0; s < series.size(); s++) {
                String name = parts.get(part).apply(series.get(s));
                Integer place = placeByName.putIfAbsent(name, placeByName.size());
                places[part][s] = place == null ? placeByName.size() - 1 : place;
            }
            out.varint(placeByName.size());
            for (String name : placeByName.keySet()) {
                byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
                out.varint(utf8.length);
                utf8(out, utf8);
            }
        }
        out.varint(series.size());
        for (long[] column : places) {
            columns.write(out, column, series.size());
        }
    }

    private void writeSeries(ByteWriter out, int n, int seriesCount) {
        var prediction = new SeriesPrediction(seriesCount);
        for (int i = 0; i < n; i++) {
            int distance = seriesOf[i] - prediction.next();
            column[i] = distance < 0 ? distance + seriesCount : distance;
            prediction.saw(seriesOf[i]);
        }
        columns.write(out, column, n);
    }

    private void writeTimes(ByteWriter out, EventBatch events) {
        int instants = 0;
        var times = new long[events.size()];
        for (int i = 0; i < events.size(); i++) {
            if (i == 0 || events.timeMicros(i) != times[instants - 1]) {
                times[instants] = events.timeMicros(i);
                column[instants++] = 0;
            }
            column[instants - 1]++;
        }
        out.varint(instants);
        columns.write(out, column, instants);
        columns.write(out, times, instants);
    }

    private void writeValues(ByteWriter out, EventBatch events, int seriesCount) {
        int[] start = groupBySeries(events.size(), seriesCount);
        var types = new long[seriesCount];
        for (int s = 0; s < seriesCount; s++) {
            types[s] = typeOf(events, start[s], start[s + 1]);
        }
        columns.write(out, types, seriesCount);
        for (int s = 0; s < seriesCount; s++) {
            if (types[s] != 0) {
                writeValues(out, events, start[s], start[s + 1], ValueType.ofCode((int) types[s]));
                continue;
            }
            for (int k = start[s]; k < start[s + 1]; k++) {
                column[k - start[s]] = events.type(bySeries[k]).code();
            }
            columns.write(out, column, start[s + 1] - start[s]);
            for (ValueType type : ValueType.values()) {
                writeValues(out, events, start[s], start[s + 1], type);
            }
        }
    }

    /** Fills {@link #bySeries} with the events of series 0, then of series 1, …; gives where each series begins. */
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

    /** The type of the events from..to of {@link #bySeries}, 0 if they differ. */
    private long typeOf(EventBatch events, int from, int to) {
        ValueType type = events.type(bySeries[from]);
        for (int k = from + 1; k < to; k++) {
            if (events.type(bySeries[k]) != type) {
                return 0;
            }
        }
        return type.code();
    }

    private void writeValues(ByteWriter out, EventBatch events, int from, int to, ValueType type) {
        if (type == ValueType.TEXT) {
            writeTexts(out, events, from, to);
            return;
        }
        int count = 0;
        for (int k = from; k < to; k++) {
            int i = bySeries[k];
            if (events.type(i) == type) {
                column[count++] = events.bits(i);
            }
        }
        if (type == ValueType.NUMBER && count > 0) {
            numbers.write(out, column, count);
        } else {
            columns.write(out, column, count);
        }
    }

    private void writeTexts(ByteWriter out, EventBatch events, int from, int to) {
        Map<String, Integer> placeByText = new HashMap<>();
        var texts = new ArrayList<byte[]>();
        int count = 0;
        for (int k = from; k < to; k++) {
            int i = bySeries[k];
            String text = events.text(i);
            if (text == null) {
                continue;
            }
            Integer place = placeByText.get(text);
            if (place == null) {
                place = texts.size();
                texts.add(text.getBytes(StandardCharsets.UTF_8));
                placeByText.put(text, place);
            }
            column[count++] = place;
            textBytes += texts.get(place).length;
        }
        if (count > 0) {
            checkTexts(texts);
            writeTexts(out, texts, count);
        }
    }

    private void writeTexts(ByteWriter out, List<byte[]> texts, int count) {
        var lengths = new long[texts.size()];
        for (int t = 0; t < lengths.length; t++) {
            lengths[t] = texts.get(t).length;
        }
        out.varint(lengths.length);
        columns.write(out, lengths, lengths.length);
        for (byte[] text : texts) {
            utf8(out, text);
        }
        columns.write(out, column, count);
    }

    private void utf8(ByteWriter out, byte[] utf8) {
        out.bytes(utf8, 0, utf8.length);
        utf8Bytes += utf8.length;
    }

    private void checkTexts(List<byte[]> texts) {
        for (byte[] text : texts) {
            if (text.length > EventBatch.TEXT_BYTES_MAX) {
                throw new IllegalArgumentException("a text is %d bytes long, expected at most %d"
                        .formatted(text.length, EventBatch.TEXT_BYTES_MAX));
            }
        }
        if (textBytes > WireEncoder.PAYLOAD_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "texts are more than %d bytes together; split the batch".formatted(WireEncoder.PAYLOAD_BYTES_MAX));
        }
    }
}
