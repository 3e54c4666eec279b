package io.millrace.model.yaml;

import java.util.Comparator;

/**
 * Something wrong in a configuration file.
 *
 * @param file as the operator named it
 * @param line 1 or more
 * @param column 1 or more, in code points
 * @param what the mistake and what was expected, in one sentence without a full stop
 */
public record Mistake(String file, int line, int column, String what) implements Comparable<Mistake> {
    private static final Comparator<Mistake> BY_PLACE =
            Comparator.comparingInt(Mistake::line).thenComparingInt(Mistake::column);

    @Override
    public int compareTo(Mistake other) {
        return BY_PLACE.compare(this, other);
    }

    /** {@code FILE:LINE:COLUMN: what}, as compilers and editors do. */
    @Override
    public String toString() {
        return "%s:%d:%d: %s".formatted(file, line, column, what);
    }
}
