package io.millrace.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern for names as shells know it (POSIX.1-2024, section 2.14.1): {@code *} stands for any characters or none,
 * also {@code /}, {@code ?} for one, {@code [abc]}, {@code [a-z]} and {@code [!a-z]} for one of a set; everything else
 * for itself. A {@code *} itself is {@code [*]}. Case matters.
 */
public final class Glob {
    /** Longest pattern, in characters. */
    public static final int LENGTH_MAX = 256;

    /** Matches every name. */
    public static final Glob ANY = of("*");

    /** One step of the pattern, which stands for one character, or for any number of them. */
    private sealed interface Step {
        record Many() implements Step {}

        record One() implements Step {}

        record Literal(int codePoint) implements Step {}

        record OneOf(List<Range> ranges, boolean negated) implements Step {}

        default boolean fits(int codePoint) {
            return switch (this) {
                case Many _, One _ -> true;
                case Literal(int own) -> own == codePoint;
                case OneOf(var ranges, var negated) ->
                    negated != ranges.stream().anyMatch(r -> r.first <= codePoint && codePoint <= r.last);
            };
        }
    }

    private record Range(int first, int last) {}

    private final String pattern;
    private final Step[] steps;

    private Glob(String pattern, Step[] steps) {
        this.pattern = pattern;
        this.steps = steps;
    }

    /**
     * @throws IllegalArgumentException if the pattern is empty, too long, holds a character that no name may hold, or a
     *     {@code [} that is not closed
     */
    public static Glob of(String pattern) {
        if (pattern.isEmpty() || pattern.length() > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "pattern is %d characters long, expected 1 to %d".formatted(pattern.length(), LENGTH_MAX));
        }
        int[] characters = pattern.codePoints().toArray();
        var steps = new ArrayList<Step>();
        for (int i = 0; i < characters.length; i++) {
            int c = characters[i];
            if (c == '+' || c == '#' || Character.isISOControl(c)) {
                throw new IllegalArgumentException("pattern %s holds U+%04X, which no name may hold, expected * or ?"
                        .formatted(pattern.replaceAll("\\p{Cntrl}", "␀"), c));
            }
            switch (c) {
                case '*' -> steps.add(new Step.Many());
                case '?' -> steps.add(new Step.One());
                case '[' -> {
                    int end = closing(pattern, characters, i);
                    steps.add(set(pattern, characters, i + 1, end));
                    i = end;
                }
                default -> steps.add(new Step.Literal(c));
            }
        }
        return new Glob(pattern, steps.toArray(Step[]::new));
    }

    /** Where the set ends; a {@code ]} at its very beginning is a member. */
    private static int closing(String pattern, int[] characters, int open) {
        int first = open + 1;
        if (first < characters.length && characters[first] == '!') {
            first++;
        }
        for (int i = first + 1; i < characters.length; i++) {
            if (characters[i] == ']') {
                return i;
            }
        }
        throw new IllegalArgumentException(
                "pattern %s has a [ that is not closed, expected ] (a [ itself is [[])".formatted(pattern));
    }

    private static Step set(String pattern, int[] characters, int from, int end) {
        boolean negated = characters[from] == '!';
        var ranges = new ArrayList<Range>();
        for (int i = negated ? from + 1 : from; i < end; i++) {
            boolean range = i + 2 < end && characters[i + 1] == '-';
            int last = range ? characters[i + 2] : characters[i];
            if (last < characters[i]) {
                throw new IllegalArgumentException("pattern %s has a range from %c to %c, expected it to ascend"
                        .formatted(pattern, characters[i], last));
            }
            ranges.add(new Range(characters[i], last));
            i += range ? 2 : 0;
        }
        return new Step.OneOf(List.copyOf(ranges), negated);
    }

    /** Whether the whole name fits; takes at most the product of both lengths in steps, whatever the pattern. */
    public boolean matches(String name) {
        int at = 0;
        int step = 0;
        int many = -1; // the last * seen, and how far into the name it may reach so far
        int reach = 0;
        while (at < name.length()) {
            int c = name.codePointAt(at);
            if (step < steps.length && steps[step] instanceof Step.Many) {
                many = step++;
                reach = at;
            } else if (step < steps.length && steps[step].fits(c)) {
                step++;
                at += Character.charCount(c);
            } else if (many >= 0) {
                reach += Character.charCount(name.codePointAt(reach));
                at = reach;
                step = many + 1;
            } else {
                return false;
            }
        }
        while (step < steps.length && steps[step] instanceof Step.Many) {
            step++;
        }
        return step == steps.length;
    }

    /** The pattern as it was given. */
    @Override
    public String toString() {
        return pattern;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Glob glob && glob.pattern.equals(pattern);
    }

    @Override
    public int hashCode() {
        return pattern.hashCode();
    }
}
