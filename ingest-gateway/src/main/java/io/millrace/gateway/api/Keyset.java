package io.millrace.gateway.api;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads page after page in a total order that begins with time, though the store orders by time alone: rows of one
 * instant are sorted here. A page begins right behind the last row of the one before, so rows that arrive meanwhile
 * shift nothing, and no cursor is held open between pages.
 *
 * @param order total; by time first
 * @param time what the store orders by, ascending or descending
 */
record Keyset<T>(Comparator<T> order, ToLongFunction<T> time) {
    /** Rows that one instant may have at most. */
    static final int INSTANT_ROWS_MAX = 1 << 20;

    private static final int SPARE_ROWS = 256;

    /** Reads the first rows in the store's order, from the instant of the page's beginning on. */
    interface Read<T> {
        List<T> first(int rowsMax) throws InterruptedException;
    }

    /**
     * @param last where the next page begins behind, or null if there is none
     */
    record Page<T>(List<T> rows, @Nullable T last) {}

    /**
     * @param after the row that the page before ended with, or null
     * @param limit rows in the page, 1 or more
     */
    Page<T> page(Read<T> read, @Nullable T after, int limit) throws InterruptedException {
        int rowsMax = limit + SPARE_ROWS;
        while (true) {
            List<T> rows = read.first(rowsMax);
            boolean all = rows.size() < rowsMax;
            List<T> sorted = (all ? rows : withoutLastInstant(rows))
                    .stream()
                            .filter(row -> after == null || order.compare(row, after) > 0)
                            .sorted(order)
                            .toList();
            if (sorted.size() > limit) {
                return new Page<>(sorted.subList(0, limit), sorted.get(limit - 1));
            }
            if (all) {
                return new Page<>(sorted, null);
            }
            if (rowsMax >= INSTANT_ROWS_MAX) {
                if (sorted.isEmpty()) {
                    throw new ProblemException(
                            422,
                            "too many at one instant",
                            "More than %d rows have the same time; ask for one agent or device."
                                    .formatted(INSTANT_ROWS_MAX));
                }
                return new Page<>(sorted, sorted.getLast());
            }
            rowsMax = Math.min(INSTANT_ROWS_MAX, rowsMax * 4);
        }
    }

    /** The last instant may be cut off: it is left to the next page. */
    private List<T> withoutLastInstant(List<T> rows) {
        long last = time.applyAsLong(rows.getLast());
        return rows.stream().filter(row -> time.applyAsLong(row) != last).toList();
    }
}
