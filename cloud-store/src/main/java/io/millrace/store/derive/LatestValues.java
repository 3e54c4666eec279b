package io.millrace.store.derive;

import io.millrace.model.EventBatch;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.SourcedSeries;
import io.millrace.model.Value;
import io.millrace.model.ValueType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The latest value of each series. One thread folds, any reads; series beyond {@value #SERIES_MAX} are left out. */
final class LatestValues {
    /** As many as admission lets in. */
    static final int SERIES_MAX = 200_000;

    private final Map<SourcedSeries, LatestValue> bySeries = new ConcurrentHashMap<>();
    private final boolean isKept;

    LatestValues() {
        this(true);
    }

    private LatestValues(boolean isKept) {
        this.isKept = isKept;
    }

    /** Keeps none: finding the series of each reading costs much of the time. */
    static LatestValues none() {
        return new LatestValues(false);
    }

    void fold(Fresh fresh) {
        if (!isKept) {
            return;
        }
        EventBatch events = fresh.events();
        int[] newest = new int[events.series().size()];
        Arrays.fill(newest, -1);
        for (int n = 0; n < fresh.size(); n++) {
            int i = fresh.index(n);
            int at = events.seriesIndex(i);
            if (!fresh.isFuture(n) && (newest[at] < 0 || events.timeMicros(i) >= events.timeMicros(newest[at]))) {
                newest[at] = i;
            }
        }
        for (int i : newest) {
            if (i >= 0) {
                put(fresh, i);
            }
        }
    }

    private void put(Fresh fresh, int i) {
        EventBatch events = fresh.events();
        var key = new SourcedSeries(fresh.site(), fresh.agent(), events.series(i));
        LatestValue before = bySeries.get(key);
        boolean newer = before == null ? bySeries.size() < SERIES_MAX : events.timeMicros(i) >= before.timeMicros();
        if (newer) {
            put(new LatestValue(
                    key.site(),
                    key.agent(),
                    key.series(),
                    events.timeMicros(i),
                    shown(events.value(i)),
                    events.quality(i),
                    fresh.position()));
        }
    }

    private static Value shown(Value value) {
        return value instanceof Value.Text(String text) && text.length() > LatestValue.TEXT_CHARS_MAX
                ? new Value.Text(text.substring(0, LatestValue.TEXT_CHARS_MAX))
                : value;
    }

    private void put(LatestValue value) {
        bySeries.put(new SourcedSeries(value.site(), value.agent(), value.series()), value);
    }

    List<LatestValue> all() {
        return List.copyOf(bySeries.values());
    }

    void write(DataOutput out) throws IOException {
        List<LatestValue> all = all();
        out.writeInt(all.size());
        for (LatestValue v : all) {
            out.writeUTF(v.site());
            out.writeUTF(v.agent());
            out.writeUTF(v.series().device());
            out.writeUTF(v.series().metric());
            out.writeUTF(v.series().unit());
            out.writeLong(v.timeMicros());
            out.writeByte(v.quality().code());
            out.writeLong(v.position());
            write(out, v.value());
        }
    }

    private static void write(DataOutput out, Value value) throws IOException {
        switch (value) {
            case Value.Numeric(double number) -> {
                out.writeByte(ValueType.NUMBER.code());
                out.writeDouble(number);
            }
            case Value.Whole(long number) -> {
                out.writeByte(ValueType.INTEGER.code());
                out.writeLong(number);
            }
            case Value.Bool(boolean on) -> {
                out.writeByte(ValueType.BOOLEAN.code());
                out.writeBoolean(on);
            }
            case Value.Text(String text) -> {
                out.writeByte(ValueType.TEXT.code());
                out.writeUTF(text);
            }
        }
    }

    static LatestValues read(DataInput in) throws IOException {
        var values = new LatestValues();
        for (int left = in.readInt(); left > 0; left--) {
            String site = in.readUTF();
            String agent = in.readUTF();
            var series = new Series(in.readUTF(), in.readUTF(), in.readUTF());
            long timeMicros = in.readLong();
            Quality quality = Quality.ofCode(in.readByte());
            long position = in.readLong();
            values.put(new LatestValue(site, agent, series, timeMicros, readValue(in), quality, position));
        }
        return values;
    }

    private static Value readValue(DataInput in) throws IOException {
        return switch (ValueType.ofCode(in.readByte())) {
            case NUMBER -> new Value.Numeric(in.readDouble());
            case INTEGER -> new Value.Whole(in.readLong());
            case BOOLEAN -> new Value.Bool(in.readBoolean());
            case TEXT -> new Value.Text(in.readUTF());
        };
    }
}
