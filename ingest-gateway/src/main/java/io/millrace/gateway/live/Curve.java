package io.millrace.gateway.live;

import io.millrace.store.derive.LatestValue;
import org.jspecify.annotations.Nullable;

/**
 * What came lately of one watched series: a ring of its newest points, and its last value. The derivation's thread adds,
 * the pusher reads; both hold the lock only for a copy. A reader keeps its own place, so one ring serves all pages, and
 * one that is too slow finds that points are gone.
 */
final class Curve {
    static final int POINTS_MAX = 2048;

    private final long[] timeMicros = new long[POINTS_MAX];
    private final double[] value = new double[POINTS_MAX];
    private long end;
    private @Nullable LatestValue latest;
    private long changes;

    /**
     * Points since a place.
     *
     * @param end the place to read from next time
     * @param lost whether points between {@code from} and these are gone
     */
    record Points(long end, boolean lost, long[] timeMicros, double[] value) {}

    /** The last value and how often it has changed. */
    record Last(long changes, LatestValue value) {}

    synchronized void add(long atMicros, double number) {
        int slot = (int) (end++ % POINTS_MAX);
        timeMicros[slot] = atMicros;
        value[slot] = number;
    }

    /** Takes a reading as the last value unless a later one is known. */
    synchronized void last(LatestValue reading) {
        if (latest == null || reading.timeMicros() >= latest.timeMicros()) {
            latest = reading;
            changes++;
        }
    }

    synchronized boolean isNewest(long atMicros) {
        return latest == null || atMicros >= latest.timeMicros();
    }

    synchronized long end() {
        return end;
    }

    synchronized Points since(long from) {
        long first = Math.max(from, end - POINTS_MAX);
        int count = (int) (end - first);
        long[] times = new long[count];
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            int slot = (int) ((first + i) % POINTS_MAX);
            times[i] = timeMicros[slot];
            values[i] = value[slot];
        }
        return new Points(end, first > from, times, values);
    }

    /** The last value if it changed more often than {@code seenChanges}. */
    synchronized @Nullable Last lastSince(long seenChanges) {
        return latest == null || changes == seenChanges ? null : new Last(changes, latest);
    }
}
