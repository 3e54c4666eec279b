package io.millrace.store.derive;

/**
 * One version of a window of one series; a row of the {@code windows} table, whose key is start, size, series and
 * version.
 *
 * @param startMicros microseconds since 1970, inclusive
 * @param sizeMicros length in microseconds; the end is exclusive
 * @param count events in it, 1 or more; 0 if nothing is known of it but that it is stale
 * @param variance of the events, divided by their count
 * @param first of the least event time, and {@code last} of the greatest
 * @param rate by how much a counter grew each second; NaN if that cannot be told
 * @param gapShare share of the window, 0 to 1, that lies in gaps which its agent declared
 * @param version 1 when it closes, one more at each correction; 0 if nothing is known of it but that it is stale
 * @param retroactive closed by the backfill's watermark, not by live time
 * @param stale events came later than the allowed lateness and are not in it
 * @param position of the entry that closed or corrected it
 */
public record WindowRow(
        long startMicros,
        long sizeMicros,
        String site,
        String agent,
        String device,
        String metric,
        String unit,
        long count,
        double min,
        double max,
        double mean,
        double sum,
        double variance,
        double first,
        double last,
        double rate,
        double gapShare,
        int version,
        boolean retroactive,
        boolean stale,
        long position) {
    /** Of a window that events came too late for, and that is not known any more. */
    public static WindowRow stale(
            long startMicros,
            long sizeMicros,
            String site,
            String agent,
            String device,
            String metric,
            String unit,
            long position) {
        double none = Double.NaN;
        return new WindowRow(
                startMicros,
                sizeMicros,
                site,
                agent,
                device,
                metric,
                unit,
                0,
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                0,
                false,
                true,
                position);
    }
}
