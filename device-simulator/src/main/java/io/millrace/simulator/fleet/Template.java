package io.millrace.simulator.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A text of the user's with variables in it, such as <code>{"v": ${value}, "t": ${ts_ms}}</code>. */
public record Template(List<Part> parts) {
    public static final int LENGTH_MAX = 16_384;

    private static final Pattern VARIABLE = Pattern.compile("[$][{]([^}]*)[}]?");

    /** A piece of it. */
    public sealed interface Part {
        record Literal(String text) implements Part {}

        record Hole(Variable variable) implements Part {}
    }

    /** What a template can name, in lower case. */
    public enum Variable {
        /** A number, true or false. */
        VALUE,
        /** When it was read by the device's clock, as RFC 3339 with microseconds. */
        TS,
        /** The same in whole milliseconds since 1970. */
        TS_MS,
        /** In microseconds. */
        TS_US,
        /** 1, 2, … of the device. */
        SEQ,
        SITE,
        DEVICE,
        METRIC,
        UNIT
    }

    public Template {
        parts = List.copyOf(parts);
    }

    /**
     * @param known what it may name
     * @throws IllegalArgumentException if it is too long, or names something else; the message says where
     */
    public static Template parse(String text, Set<Variable> known) {
        if (text.isEmpty() || text.length() > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "has %d characters, expected 1 to %d".formatted(text.length(), LENGTH_MAX));
        }
        List<Part> parts = new ArrayList<>();
        Matcher hole = VARIABLE.matcher(text);
        int end = 0;
        while (hole.find()) {
            if (hole.start() > end) {
                parts.add(new Part.Literal(text.substring(end, hole.start())));
            }
            end = hole.end();
            parts.add(new Part.Hole(variable(hole, known)));
        }
        if (end < text.length()) {
            parts.add(new Part.Literal(text.substring(end)));
        }
        return new Template(parts);
    }

    private static Variable variable(Matcher hole, Set<Variable> known) {
        for (Variable each : known) {
            if (hole.group().equals("${" + label(each) + "}")) {
                return each;
            }
        }
        throw new IllegalArgumentException("holds '%s' at its character %d, expected one of %s"
                .formatted(
                        hole.group(),
                        hole.start() + 1,
                        known.stream()
                                .sorted()
                                .map(each -> "${" + label(each) + "}")
                                .collect(Collectors.joining(", "))));
    }

    private static String label(Variable variable) {
        return variable.name().toLowerCase(Locale.ROOT);
    }

    /** Whether it names that. */
    public boolean has(Variable variable) {
        return parts.contains(new Part.Hole(variable));
    }

    /** Appends it, with what {@code filler} appends for each variable. */
    void write(StringBuilder out, BiConsumer<StringBuilder, Variable> filler) {
        for (Part part : parts) {
            switch (part) {
                case Part.Literal(String text) -> out.append(text);
                case Part.Hole(Variable variable) -> filler.accept(out, variable);
            }
        }
    }
}
