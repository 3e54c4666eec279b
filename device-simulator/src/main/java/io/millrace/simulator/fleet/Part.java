package io.millrace.simulator.fleet;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a population, so that several processes or machines can play one together: each unit is in exactly one.
 *
 * @param index 1 to count
 * @param count 1 to {@value #COUNT_MAX}
 */
public record Part(int index, int count) {
    public static final int COUNT_MAX = 1_000;
    public static final Part ALL = new Part(1, 1);

    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,4})/([0-9]{1,4})");

    public Part {
        if (count < 1 || count > COUNT_MAX || index < 1 || index > count) {
            throw new IllegalArgumentException(
                    "part %d of %d is none, expected 1/1 to %d/%d".formatted(index, count, COUNT_MAX, COUNT_MAX));
        }
    }

    /**
     * As users write it: {@code 2/3}.
     *
     * @throws IllegalArgumentException if it is none such
     */
    public static Part parse(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            throw new IllegalArgumentException("'%s' is no part, expected one such as 2/3".formatted(text));
        }
        return new Part(Integer.parseInt(written.group(1)), Integer.parseInt(written.group(2)));
    }

    /** Whether a unit of a fleet is in this part. */
    public boolean includes(int fleet, int unit) {
        return (unit + fleet) % count == index - 1;
    }

    @Override
    public String toString() {
        return index + "/" + count;
    }
}
