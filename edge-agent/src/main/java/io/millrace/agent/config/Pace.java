package io.millrace.agent.config;

import org.jspecify.annotations.Nullable;

/**
 * How fast recorded rows are played.
 *
 * @param speed 1 waits as long between two rows as their times are apart, 10 a tenth of it; infinite does not wait
 */
public record Pace(double speed) {
    public static final Pace MAX = new Pace(Double.POSITIVE_INFINITY);
    public static final Pace ORIGINAL = new Pace(1);
    private static final double SPEED_MAX = 1_000_000;

    public Pace {
        if (!(speed > 0)) {
            throw new IllegalArgumentException("pace is %s, expected more than 0".formatted(speed));
        }
    }

    public boolean isMax() {
        return Double.isInfinite(speed);
    }

    /** Reads {@code original}, {@code max}, {@code 10x} or {@code 0.5x}; null if the text is none of them. */
    static @Nullable Pace parse(String text) {
        return switch (text) {
            case "original" -> ORIGINAL;
            case "max" -> MAX;
            default -> {
                if (!text.matches("[0-9]{1,7}([.][0-9]{1,6})?x")) {
                    yield null;
                }
                double speed = Double.parseDouble(text.substring(0, text.length() - 1));
                yield speed > 0 && speed <= SPEED_MAX ? new Pace(speed) : null;
            }
        };
    }
}
