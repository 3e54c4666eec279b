package io.millrace.projections;

import java.util.Optional;

/**
 * Windows of one size that begin at whole multiples of {@code every} since 1970-01-01T00:00Z. Tumbling when both are
 * equal, hopping when {@code every} is less: a reading then counts in several.
 *
 * @param sizeMicros {@value #SIZE_MICROS_MIN} to {@value #SIZE_MICROS_MAX}: a second to 366 days
 * @param everyMicros a second to {@code sizeMicros}, so that no reading falls between two windows, and at least a
 *     {@value #OVERLAP_MAX}th of it, which bounds the windows that one reading touches
 * @param calendar if given, windows begin and end with it instead, and both lengths are those without a change of the
 *     clock
 */
public record WindowSpec(long sizeMicros, long everyMicros, Optional<Calendar> calendar) {
    /** Stands for no window. */
    static final long NONE = Long.MIN_VALUE;

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

    public WindowSpec(long sizeMicros, long everyMicros) {
        this(sizeMicros, everyMicros, Optional.empty());
    }

    public static WindowSpec tumbling(long sizeMicros) {
        return new WindowSpec(sizeMicros, sizeMicros);
    }

    public static WindowSpec of(Calendar calendar) {
        return new WindowSpec(calendar.unit().micros, calendar.unit().micros, Optional.of(calendar));
    }

    /** Longest that a window can be: one of a calendar may have a change of the clock in it. */
    long sizeMicrosMax() {
        return sizeMicros + (calendar.isPresent() ? Calendar.CHANGE_MICROS_MAX : 0);
    }

    /** Start of the newest window that holds this time. */
    long newestStart(long timeMicros) {
        return calendar.isPresent()
                ? calendar.get().start(timeMicros)
                : Math.floorDiv(timeMicros, everyMicros) * everyMicros;
    }

    /** Start of the next older window that holds this time as well, {@link #NONE} if there is none. */
    long olderStart(long startMicros, long timeMicros) {
        long older = startMicros - everyMicros;
        return calendar.isEmpty() && older > timeMicros - sizeMicros ? older : NONE;
    }

    /** End of the window that begins at this time. */
    long end(long startMicros) {
        return calendar.isPresent() ? calendar.get().end(startMicros) : startMicros + sizeMicros;
    }

    /** As {@code rules.yaml} writes its length. */
    String label() {
        return Words.span(sizeMicros);
    }
}
