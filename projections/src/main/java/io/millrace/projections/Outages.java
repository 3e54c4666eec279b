package io.millrace.projections;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The latest stretches without live readings. Windows that reach into one are kept beyond the allowed lateness, so that
 * backfill completes them instead of starting them anew.
 */
final class Outages {
    /** Remembered at a time; the oldest gives way. */
    static final int OUTAGES_MAX = 4;

    private final long[] fromMicros = new long[OUTAGES_MAX];
    private final long[] toMicros = new long[OUTAGES_MAX];
    private int count;

    /** Notes the two live readings between which there was none. */
    void add(long from, long to) {
        int at = count % OUTAGES_MAX;
        fromMicros[at] = from;
        toMicros[at] = to;
        count++;
    }

    boolean touch(Window window) {
        for (int i = 0; i < Math.min(count, OUTAGES_MAX); i++) {
            if (window.startMicros <= toMicros[i] && fromMicros[i] < window.endMicros) {
                return true;
            }
        }
        return false;
    }

    void write(DataOutput to) throws IOException {
        to.writeInt(count);
        for (int i = 0; i < OUTAGES_MAX; i++) {
            to.writeLong(fromMicros[i]);
            to.writeLong(toMicros[i]);
        }
    }

    void read(DataInput from) throws IOException {
        count = from.readInt();
        for (int i = 0; i < OUTAGES_MAX; i++) {
            fromMicros[i] = from.readLong();
            toMicros[i] = from.readLong();
        }
    }
}
