package io.millrace.model.wire;

import java.util.Arrays;

/**
 * Writes and reads a column of doubles. Numbers that began as short decimals (21.5, 0.0273043) are stored as integers
 * and a power of ten, when dividing again gives the same bits: as in Afroozeh et al., "ALP: Adaptive Lossless
 * floating-Point Compression" (2023). Not thread-safe.
 *
 * <pre>
 * numbers(n) := exponent u8 (0 to 18)  column(n)             each is integer / 10^exponent, rounded to a double
 *             | exponent|128 u8        column(n)  inexact    the same, then some numbers replaced
 *             | 127                    column(n)             the bits of the doubles
 * inexact    := count v  (gap v  bits u64)*                  gap: places since the last one
 * </pre>
 */
final class NumberColumn {
    private static final int RAW = 127;
    private static final int INEXACT = 128;
    private static final int EXPONENT_MAX = 18;
    private static final int NONE = EXPONENT_MAX + 1;
    private static final double EXACT_MAX = 1L << 53;
    private static final double[] POWERS_OF_TEN = powersOfTen();

    private final ColumnEncoder columns;
    private final int[] countByExponent = new int[NONE + 1];
    private long[] scaled = new long[512];

    NumberColumn(ColumnEncoder columns) {
        this.columns = columns;
    }

    /** @param bits raw bits of {@code count} doubles, at least one */
    void write(ByteWriter out, long[] bits, int count) {
        int exponent = exponentOf(bits, count);
        if (exponent == RAW) {
            out.u8(RAW);
            columns.write(out, bits, count);
            return;
        }
        int inexact = scale(bits, count, exponent);
        out.u8(exponent | (inexact > 0 ? INEXACT : 0));
        columns.write(out, scaled, count);
        if (inexact > 0) {
            out.varint(inexact);
            writeInexact(out, bits, count, exponent);
        }
    }

    private static void writeInexact(ByteWriter out, long[] bits, int count, int exponent) {
        int last = 0;
        for (int i = 0; i < count; i++) {
            if (!isExact(bits[i], exponent)) {
                out.varint(i - last);
                out.u64(bits[i]);
                last = i;
            }
        }
    }

    static void read(ByteReader in, long[] bits, int count) throws MalformedMessageException {
        int form = in.u8();
        int exponent = form & ~INEXACT;
        if (form != RAW && exponent > EXPONENT_MAX) {
            throw in.wrong("form of numbers is %d, which does not exist,".formatted(form));
        }
        ColumnDecoder.read(in, bits, count);
        if (form == RAW) {
            return;
        }
        double power = POWERS_OF_TEN[exponent];
        for (int i = 0; i < count; i++) {
            bits[i] = Double.doubleToRawLongBits(bits[i] / power);
        }
        if (form != exponent) {
            readInexact(in, bits, count);
        }
    }

    private static void readInexact(ByteReader in, long[] bits, int count) throws MalformedMessageException {
        int inexact = in.count("number of inexact numbers", 1, count);
        int place = 0;
        for (int i = 0; i < inexact; i++) {
            place += in.count("place of an inexact number", 0, count - 1 - place);
            bits[place] = in.u64();
        }
    }

    /** Scales all that is exact; the others repeat their neighbour, which costs least. Returns how many those are. */
    private int scale(long[] bits, int count, int exponent) {
        if (scaled.length < count) {
            scaled = new long[count];
        }
        int inexact = 0;
        long last = 0;
        for (int i = 0; i < count; i++) {
            if (isExact(bits[i], exponent)) {
                last = scaled(bits[i], exponent);
            } else {
                inexact++;
            }
            scaled[i] = last;
        }
        return inexact;
    }

    /** The exponent that costs least: a digit more is 3.3 bits for all numbers, an inexact one is about 80 bits. */
    private int exponentOf(long[] bits, int count) {
        Arrays.fill(countByExponent, 0);
        int exponent = 0;
        for (int i = 0; i < count; i++) {
            int needed = exponentOf(bits[i], exponent);
            countByExponent[needed]++;
            exponent = needed == NONE ? exponent : needed;
            if (i == 31 && countByExponent[NONE] > 24) {
                return RAW;
            }
        }
        int inexact = countByExponent[NONE];
        int best = RAW;
        long bestCost = 64L * count;
        for (int e = EXPONENT_MAX; e >= 0; e--) {
            long cost = 80L * inexact + 10L * e * count / 3;
            if (cost < bestCost) {
                best = e;
                bestCost = cost;
            }
            inexact += countByExponent[e];
        }
        return best;
    }

    /** The smallest exponent at which the number is exact, searched from a guess. */
    private static int exponentOf(long bits, int guess) {
        int exponent = guess;
        if (isExact(bits, exponent)) {
            while (exponent > 0 && isExact(bits, exponent - 1)) {
                exponent--;
            }
            return exponent;
        }
        do {
            exponent++;
        } while (exponent <= EXPONENT_MAX && !isExact(bits, exponent));
        return exponent;
    }

    private static boolean isExact(long bits, int exponent) {
        double power = POWERS_OF_TEN[exponent];
        double product = Double.longBitsToDouble(bits) * power;
        return Math.abs(product) < EXACT_MAX && Double.doubleToRawLongBits((long) Math.rint(product) / power) == bits;
    }

    private static long scaled(long bits, int exponent) {
        return (long) Math.rint(Double.longBitsToDouble(bits) * POWERS_OF_TEN[exponent]);
    }

    private static double[] powersOfTen() {
        var powers = new double[EXPONENT_MAX + 1];
        for (int e = 0; e <= EXPONENT_MAX; e++) {
            powers[e] = Double.parseDouble("1e" + e);
        }
        return powers;
    }
}
