package io.millrace.projections;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How far a series has come: once for its live readings, once for its backfill, so that neither pushes the other. */
final class Track {
    final boolean backfill;

    /** Greatest event time seen, microseconds since 1970. */
    long watermark = Long.MIN_VALUE;

    /** When the last reading came, in receiving time. */
    long arrivedMicros;

    Track(boolean backfill) {
        this.backfill = backfill;
    }

    /** Whether this end of a window lies so far back that readings for it come too late. */
    boolean isPast(long endMicros) {
        return endMicros + Engine.LATENESS_MICROS <= watermark;
    }

    void write(DataOutput to) throws IOException {
        to.writeLong(watermark);
        to.writeLong(arrivedMicros);
    }

    void read(DataInput from) throws IOException {
        watermark = from.readLong();
        arrivedMicros = from.readLong();
    }
}
