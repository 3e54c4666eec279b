package io.millrace.projections;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * What is remembered of a series for the sake of readings from a backlog: how far they have come, and the latest
 * stretches without live readings, of which some will still come. Most series have none of it.
 */
final class Backfill {
    /** Remembered at a time; the oldest gives way. */
    static final int OUTAGES_MAX = 4;

    /** Greatest event time seen, microseconds since 1970. */
    long watermark = Long.MIN_VALUE;

    /** When the last reading came, in receiving time. */
    long arrivedMicros;

    /** Beginning and end of each, by turns; the oldest first. */
    private long[] outages = {};

    /**
     * Notes the two live readings between which there was none.
     *
     * @return whether one had to give way, or the beginning of the series, which counts as one
     */
    boolean addOutage(long from, long to) {
        boolean full = outages.length == 2 * OUTAGES_MAX;
        outages =
                full ? Arrays.copyOfRange(outages, 2, 2 * OUTAGES_MAX + 2) : Arrays.copyOf(outages, outages.length + 2);
        outages[outages.length - 2] = from;
        outages[outages.length - 1] = to;
        return outages.length == 2 * OUTAGES_MAX;
    }

    /** Whether a window reaches into an outage. */
    boolean touches(long startMicros, long endMicros) {
        for (int i = 0; i < outages.length; i += 2) {
            if (startMicros <= outages[i + 1] && outages[i] < endMicros) {
                return true;
            }
        }
        return false;
    }

    void write(DataOutput to) throws IOException {
        to.writeLong(watermark);
        to.writeLong(arrivedMicros);
        to.writeInt(outages.length);
        for (long time : outages) {
            to.writeLong(time);
        }
    }

    void read(DataInput from) throws IOException {
        watermark = from.readLong();
        arrivedMicros = from.readLong();
        outages = new long[from.readInt()];
        for (int i = 0; i < outages.length; i++) {
            outages[i] = from.readLong();
        }
    }
}
