package io.millrace.projections;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * The latest stretches without live readings. Windows that reach into one are kept beyond the allowed lateness, so that
 * backfill completes them instead of starting them anew.
 */
final class Outages {
    /** Remembered at a time; the oldest gives way. */
    static final int OUTAGES_MAX = 4;

    private static final long[] NONE = {};

    /** As long as there are outages: most series have none but their beginning. */
    private long[] fromMicros = NONE;

    private long[] toMicros = NONE;
    private int count;

    /** Notes the two live readings between which there was none. */
    void add(long from, long to) {
        int at = count % OUTAGES_MAX;
        if (at == fromMicros.length) {
            fromMicros = Arrays.copyOf(fromMicros, at + 1);
            toMicros = Arrays.copyOf(toMicros, at + 1);
        }
        fromMicros[at] = from;
        toMicros[at] = to;
        count++;
    }

    boolean touch(Window window) {
        for (int i = 0; i < fromMicros.length; i++) {
            if (window.startMicros <= toMicros[i] && fromMicros[i] < window.endMicros) {
                return true;
            }
        }
        return false;
    }

    void write(DataOutput to) throws IOException {
        to.writeInt(count);
        for (int i = 0; i < fromMicros.length; i++) {
            to.writeLong(fromMicros[i]);
            to.writeLong(toMicros[i]);
        }
    }

    void read(DataInput from) throws IOException {
        count = from.readInt();
        fromMicros = new long[Math.clamp(count, 0, OUTAGES_MAX)];
        toMicros = new long[fromMicros.length];
        for (int i = 0; i < fromMicros.length; i++) {
            fromMicros[i] = from.readLong();
            toMicros[i] = from.readLong();
        }
    }
}
