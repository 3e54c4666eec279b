package io.millrace.projections;

import java.math.BigDecimal;
import java.math.MathContext;

/** Lengths of time and numbers as people write them. */
final class Words {
    private static final long SECOND = 1_000_000L;

    private Words() {}

    /** A length of time, as {@code rules.yaml} writes it, in the largest unit that divides it: {@code 90s}, {@code 2m}, {@code 1d}, {@code 1500ms}. */
    static String span(long micros) {
        if (micros % SECOND != 0) {
            return micros % 1_000 == 0 ? micros / 1_000 + "ms" : micros + "us";
        }
        long seconds = micros / SECOND;
        if (seconds % 86_400 == 0 && seconds != 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0 && seconds != 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 && seconds != 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** Ten digits of a number, without an exponent up to a million millions: {@code 2286329856}, {@code 31.7882}. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        var rounded = new BigDecimal(value).round(new MathContext(10)).stripTrailingZeros();
        return Math.abs(rounded.precision() - rounded.scale()) <= 12 ? rounded.toPlainString() : rounded.toString();
    }
}
