package io.millrace.model;

/**
 * Consecutive sequences of one stream, both ends included.
 *
 * @param first 0 or more
 * @param last {@code first} or more; {@link Long#MAX_VALUE} when the end is not known
 */
public record Interval(long first, long last) {
    public Interval {
        check(first, last);
    }

    static void check(long first, long last) {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException(
                    "interval is %d to %d, expected 0 <= first <= last".formatted(first, last));
        }
    }

    /** How many sequences it holds; saturates at {@link Long#MAX_VALUE}. */
    public long count() {
        return last - first == Long.MAX_VALUE ? Long.MAX_VALUE : last - first + 1;
    }

    public boolean isOpenEnded() {
        return last == Long.MAX_VALUE;
    }
}
