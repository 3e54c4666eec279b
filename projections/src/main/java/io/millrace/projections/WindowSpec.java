package io.millrace.projections;

/**
 * Windows of one size that begin at whole multiples of {@code every} since 1970-01-01T00:00Z. Tumbling when both are
 * equal, hopping when {@code every} is less: a reading then counts in several.
 *
 * @param sizeMicros {@value #SIZE_MICROS_MIN} to {@value #SIZE_MICROS_MAX}: a second to 366 days
 * @param everyMicros a second to {@code sizeMicros}, so that no reading falls between two windows, and at least a
 *     {@value #OVERLAP_MAX}th of it, which bounds the windows that one reading touches
 */
public record WindowSpec(long sizeMicros, long everyMicros) {
    public static final long SIZE_MICROS_MIN = 1_000_000L;
    public static final long SIZE_MICROS_MAX = 366 * 86_400 * 1_000_000L;
    public static final int OVERLAP_MAX = 120;

    /** Every series gets these, with or without a rule. */
    public static final WindowSpec ONE_MINUTE = tumbling(60_000_000L);

    public WindowSpec {
        if (sizeMicros < SIZE_MICROS_MIN || sizeMicros > SIZE_MICROS_MAX) {
            throw new IllegalArgumentException(
                    "window size is %s, expected 1s to 366d".formatted(Words.span(sizeMicros)));
        }
        if (everyMicros < SIZE_MICROS_MIN || everyMicros > sizeMicros) {
            throw new IllegalArgumentException("window every is %s, expected 1s to the window's size of %s"
                    .formatted(Words.span(everyMicros), Words.span(sizeMicros)));
        }
        if ((sizeMicros + everyMicros - 1) / everyMicros > OVERLAP_MAX) {
            throw new IllegalArgumentException(
                    "a window of %s each %s puts a reading into %d windows, expected at most %d: choose a longer every"
                            .formatted(
                                    Words.span(sizeMicros),
                                    Words.span(everyMicros),
                                    (sizeMicros + everyMicros - 1) / everyMicros,
                                    OVERLAP_MAX));
        }
    }

    public static WindowSpec tumbling(long sizeMicros) {
        return new WindowSpec(sizeMicros, sizeMicros);
    }

    /** Start of the newest window that holds this time; older ones follow in steps of {@code every}. */
    long newestStart(long timeMicros) {
        return Math.floorDiv(timeMicros, everyMicros) * everyMicros;
    }
}
