package io.millrace.gateway.api;

import io.millrace.gateway.api.Problem.Mistake;
import io.millrace.model.Glob;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of one request. Reading goes on behind a mistake, and {@link #check} tells all of them at once,
 * names that nobody asked for among them.
 */
final class Parameters {
    private final Map<String, List<String>> given;
    private final Instant now;
    private final Set<String> known = new HashSet<>();
    private final List<Mistake> mistakes = new ArrayList<>();

    Parameters(UriInfo uri, Clock clock) {
        this(uri.getQueryParameters(), clock.instant());
    }

    Parameters(Map<String, List<String>> given, Instant now) {
        this.given = given;
        this.now = now;
    }

    Instant now() {
        return now;
    }

    /** The text, or null if it is not given; given twice is a mistake. */
    @Nullable
    String text(String name) {
        List<String> values = texts(name);
        if (values.size() > 1) {
            mistake(name, "is given %d times, expected once".formatted(values.size()));
        }
        return values.isEmpty() ? null : values.getFirst();
    }

    List<String> texts(String name) {
        known.add(name);
        return given.getOrDefault(name, List.of());
    }

    /** What a text means, or null if it is not given or means nothing: then the reader's message is the mistake. */
    <T> @Nullable T read(String name, Function<String, T> reader) {
        String text = text(name);
        return text == null ? null : readText(name, text, reader);
    }

    /** Like {@link #read}; that it is not given is a mistake. */
    <T> @Nullable T needed(String name, Function<String, T> reader) {
        if (texts(name).isEmpty()) {
            mistake(name, "is missing");
        }
        return read(name, reader);
    }

    <T> List<T> readAll(String name, Function<String, T> reader, int countMax) {
        List<String> values = texts(name);
        if (values.size() > countMax) {
            mistake(name, "is given %d times, expected at most %d".formatted(values.size(), countMax));
            return List.of();
        }
        var read = new ArrayList<T>();
        for (String text : values) {
            T value = readText(name, text, reader);
            if (value != null) {
                read.add(value);
            }
        }
        return read;
    }

    private <T> @Nullable T readText(String name, String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            mistake(name, String.valueOf(e.getMessage()));
            return null;
        }
    }

    @Nullable
    Glob glob(String name) {
        return read(name, Glob::of);
    }

    /** Microseconds since 1970. */
    OptionalLong time(String name) {
        Long micros = read(name, text -> TimeText.micros(text, now));
        return micros == null ? OptionalLong.empty() : OptionalLong.of(micros);
    }

    int count(String name, int otherwise, int min, int max) {
        Integer value = read(name, text -> number(text, min, max));
        return value == null ? otherwise : value;
    }

    private static int number(String text, int min, int max) {
        String expected = "'%s' expected a whole number from %d to %d".formatted(text, min, max);
        int number;
        try {
            number = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expected, e);
        }
        if (number < min || number > max) {
            throw new IllegalArgumentException(expected);
        }
        return number;
    }

    void mistake(String name, String detail) {
        mistakes.add(new Mistake(name, detail));
    }

    /**
     * Call after the last read.
     *
     * @throws ProblemException with all mistakes, if there are any
     */
    void check() {
        for (String name : given.keySet()) {
            if (!known.contains(name)) {
                mistake(
                        name,
                        "is no parameter here, expected one of %s"
                                .formatted(known.stream().sorted().toList()));
            }
        }
        if (!mistakes.isEmpty()) {
            throw new ProblemException(new Problem(
                    "wrong parameters",
                    400,
                    mistakes.size() == 1
                            ? "a parameter is wrong"
                            : "%d parameters are wrong".formatted(mistakes.size()),
                    mistakes));
        }
    }
}
