package io.millrace.projections;

/**
 * What the readings of a window amount to.
 *
 * @param count at least 1
 * @param mean within {@code min} and {@code max}
 * @param sum mean times count if it does not fit a double
 * @param variance of the readings (divided by their count); infinite if it does not fit
 * @param first of the least event time; of two at one time, the earlier in the log
 * @param last of the greatest event time; of two at one time, the later in the log
 * @param spanMicros from first to last
 * @param rate by how much a counter grew each second, a fall being a new beginning at 0; readings out of order left out;
 *     NaN if there are not two at different times
 * @param gapShare share of the window, 0 to 1, that lies in gaps which its agent declared: some of its readings may be
 *     missing there
 */
public record WindowValues(
        long count,
        double min,
        double max,
        double mean,
        double sum,
        double variance,
        double first,
        double last,
        long spanMicros,
        double rate,
        double gapShare) {}
