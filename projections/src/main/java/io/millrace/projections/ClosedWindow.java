package io.millrace.projections;

import io.millrace.model.Series;

/**
 * What the readings of a series in {@code [startMicros, startMicros + sizeMicros)} amount to. The version with the
 * highest number is the answer; each one replaces the version before it.
 *
 * @param position of the log entry that closed or corrected it
 * @param version 1 when it closes, then one more with each correction
 * @param flags {@value #RETROACTIVE}: opened by backfill; {@value #IDLE}: closed because its series fell silent;
 *     {@value #STALE}: readings came too late for it and are not in it
 */
public record ClosedWindow(
        long position,
        long startMicros,
        long sizeMicros,
        String site,
        String agent,
        Series series,
        WindowValues values,
        int version,
        int flags) {
    public static final byte RETROACTIVE = 1;
    public static final byte IDLE = 2;
    public static final byte STALE = 4;

    public long endMicros() {
        return startMicros + sizeMicros;
    }

    public boolean retroactive() {
        return (flags & RETROACTIVE) != 0;
    }

    public boolean stale() {
        return (flags & STALE) != 0;
    }
}
