package io.millrace.model.yaml;

import io.millrace.model.Names;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a scalar must be.
 *
 * @param expected completes "expected …" in a message
 * @param placeholder a valid value that stands in for a missing or wrong one, so that reading can go on; it is never
 *     used, since there is a mistake then
 * @param parser gives the value, or null if the text is none
 */
public record Rule<T>(String expected, T placeholder, Function<String, @Nullable T> parser) {
    private static final Pattern NUMBER = Pattern.compile("[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");
    private static final Pattern BYTES = Pattern.compile("([0-9]{1,15})(B|kB|KiB|MB|MiB|GB|GiB|TB|TiB)?");
    private static final Map<String, Long> MILLIS_BY_UNIT =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Map<String, Long> BYTES_BY_UNIT = Map.of(
            "B",
            1L,
            "kB",
            1_000L,
            "MB",
            1_000_000L,
            "GB",
            1_000_000_000L,
            "TB",
            1_000_000_000_000L, //
            "KiB",
            1L << 10,
            "MiB",
            1L << 20,
            "GiB",
            1L << 30,
            "TiB",
            1L << 40);

    /** Text of one character or more. */
    public static Rule<String> text(String expected) {
        return text(expected, text -> !text.isBlank());
    }

    public static Rule<String> text(String expected, Predicate<String> fits) {
        return new Rule<>(expected, "?", text -> fits.test(text) ? text : null);
    }

    /** A name that can be one level of a topic: {@link Names#check}. */
    public static Rule<String> name() {
        return checked("a name of 1 to 64 bytes without / + # or control characters", text -> Names.check("", text));
    }

    /** A device's or metric's name, which may hold {@code /}: {@link Names#checkPath}. */
    public static Rule<String> path() {
        return checked("a name of 1 to 64 bytes without + # or control characters", text -> Names.checkPath("", text));
    }

    private static Rule<String> checked(String expected, UnaryOperator<String> check) {
        return new Rule<>(expected, "?", text -> {
            try {
                return check.apply(text);
            } catch (IllegalArgumentException e) {
                return null;
            }
        });
    }

    /** {@code true} or {@code false}. */
    public static Rule<Boolean> flag() {
        return new Rule<>("true or false", false, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        });
    }

    /** A whole number; both limits are allowed values. */
    public static Rule<Long> integer(long min, long max) {
        return new Rule<>(
                "a whole number from %d to %d".formatted(min, max),
                min,
                within(min, max, text -> text.length() > 19 ? null : Long.valueOf(text)));
    }

    /** A finite number. */
    public static Rule<Double> number() {
        return new Rule<>("a number such as 80 or 0.5", 0.0, text -> {
            double number = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
            return Double.isFinite(number) ? number : null;
        });
    }

    /** A length of time such as {@code 500ms}, {@code 10s}, {@code 5m}, {@code 2h} or {@code 7d}, exact to the ms. */
    public static Rule<Duration> duration(Duration min, Duration max) {
        return new Rule<>(
                "a duration such as 500ms, 10s, 5m, 2h or 7d, from %s to %s".formatted(written(min), written(max)),
                min,
                within(min, max, text -> {
                    Matcher m = DURATION.matcher(text);
                    return m.matches()
                            ? Duration.ofMillis(Math.multiplyExact(Long.parseLong(m.group(1)), millisOf(m.group(2))))
                            : null;
                }));
    }

    /** A number of bytes such as {@code 4096}, {@code 200MiB} or {@code 1GB}. */
    public static Rule<Long> bytes(long min, long max) {
        return new Rule<>(
                "a number of bytes such as 200MiB or 1GiB, from %d to %d".formatted(min, max),
                min,
                within(min, max, text -> {
                    Matcher m = BYTES.matcher(text);
                    return m.matches()
                            ? Math.multiplyExact(
                                    Long.parseLong(m.group(1)),
                                    BYTES_BY_UNIT.getOrDefault(m.group(2) == null ? "B" : m.group(2), 1L))
                            : null;
                }));
    }

    /** One of an enum's constants, written in lower case: {@code drop_oldest}. */
    public static <E extends Enum<E>> Rule<E> oneOf(Class<E> type) {
        return oneOf(type, e -> e.name().toLowerCase(Locale.ROOT));
    }

    /** One of the constants, by their labels. */
    public static <E extends Enum<E>> Rule<E> oneOf(Class<E> type, Function<E, String> label) {
        Map<String, E> byLabel = Arrays.stream(type.getEnumConstants()).collect(Collectors.toMap(label, e -> e));
        String labels = Arrays.stream(type.getEnumConstants()).map(label).collect(Collectors.joining(", "));
        return new Rule<>("one of " + labels, type.getEnumConstants()[0], byLabel::get);
    }

    private static <T extends Comparable<T>> Function<String, @Nullable T> within(
            T min, T max, Function<String, @Nullable T> parser) {
        return text -> {
            try {
                T value = parser.apply(text);
                return value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0 ? null : value;
            } catch (NumberFormatException e) {
                return null;
            } catch (ArithmeticException e) {
                return null;
            }
        };
    }

    private static long millisOf(String unit) {
        return MILLIS_BY_UNIT.getOrDefault(unit, 1L);
    }

    private static String written(Duration duration) {
        for (String unit : new String[] {"d", "h", "m", "s"}) {
            if (duration.toMillis() != 0 && duration.toMillis() % millisOf(unit) == 0) {
                return duration.toMillis() / millisOf(unit) + unit;
            }
        }
        return duration.toMillis() + "ms";
    }
}
