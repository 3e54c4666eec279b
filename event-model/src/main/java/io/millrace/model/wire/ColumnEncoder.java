package io.millrace.model.wire;

import java.util.Arrays;

/**
 * Writes a column of longs in the cheapest of a few ways, which nest at most {@value #DEPTH_MAX} deep. Any longs come
 * back; arithmetic wraps at 64 bits. Not thread-safe.
 *
 * <pre>
 * column(n) := nothing                                         if n is 0
 *            | width u8 (0 to 64)  base z  bits                packed: n values of width bits, plus base
 *            | width|128 u8        base z  bits  patches       packed, then some values replaced
 *            | 65  first z  column(n-1)                        deltas: each is the one before plus the next number
 *            | 66  base z  divisor v  column(n)                base plus divisor times the number
 *            | 67  k v  column(k)  column(n)                   dictionary of k, then places in it
 * patches   := count v  (gap v  offset z)*                     gap: places since the last patch; value is base + offset
 * </pre>
 */
final class ColumnEncoder {
    static final int PATCHED = 128;
    static final int DELTAS = 65;
    static final int DIVIDED = 66;
    static final int DICTIONARY = 67;
    static final int DEPTH_MAX = 3;

    private final long[][] scratch = new long[2 * DEPTH_MAX][512];
    private final DistinctValues distinct = new DistinctValues();

    /** Writes the first {@code count} values. */
    void write(ByteWriter out, long[] values, int count) {
        if (count > 0) {
            write(out, values, count, Packing.of(values, count), 0);
        }
    }

    private void write(ByteWriter out, long[] values, int count, Packing packing, int depth) {
        if (depth == DEPTH_MAX || count < 3 || packing.isConstant()) {
            writePacked(out, values, count, packing);
            return;
        }
        long[] deltas = deltas(values, count, scratch(2 * depth, count));
        Packing deltaPacking = Packing.of(deltas, count - 1);
        int deltaBytes = 1 + ByteWriter.zigzagBytes(values[0]) + deltaPacking.bytes();

        long divisor = commonDivisor(values, count, packing);
        long[] quotients = deltas;
        Packing quotientPacking = deltaPacking;
        int dividedBytes = Integer.MAX_VALUE;
        if (divisor > 1) {
            quotients = quotients(values, count, packing.min(), divisor, scratch(2 * depth + 1, count));
            quotientPacking = Packing.of(quotients, count);
            dividedBytes = 1
                    + ByteWriter.zigzagBytes(packing.min())
                    + ByteWriter.varintBytes(divisor)
                    + quotientPacking.bytes();
        }
        int bytes = Math.min(packing.bytes(), Math.min(deltaBytes, dividedBytes));
        if (distinct.areFew(values, count) && dictionaryBytes(count) < bytes) {
            writeDictionary(out, values, count, depth);
        } else if (bytes == packing.bytes()) {
            writePacked(out, values, count, packing);
        } else if (bytes == deltaBytes) {
            out.u8(DELTAS);
            out.zigzag(values[0]);
            write(out, deltas, count - 1, deltaPacking, depth + 1);
        } else {
            out.u8(DIVIDED);
            out.zigzag(packing.min());
            out.varint(divisor);
            write(out, quotients, count, quotientPacking, depth + 1);
        }
    }

    private static void writePacked(ByteWriter out, long[] values, int count, Packing packing) {
        out.u8(packing.width() | (packing.patches() > 0 ? PATCHED : 0));
        out.zigzag(packing.base());
        out.packed(values, count, packing.base(), packing.width());
        if (packing.patches() == 0) {
            return;
        }
        out.varint(packing.patches());
        int last = 0;
        for (int i = 0; i < count; i++) {
            long offset = values[i] - packing.base();
            if (offset >>> packing.width() != 0) {
                out.varint(i - last);
                out.zigzag(offset);
                last = i;
            }
        }
    }

    private void writeDictionary(ByteWriter out, long[] values, int count, int depth) {
        long[] sorted = distinct.sorted();
        long[] places = scratch(2 * depth, count);
        for (int i = 0; i < count; i++) {
            places[i] = Arrays.binarySearch(sorted, values[i]);
        }
        out.u8(DICTIONARY);
        out.varint(sorted.length);
        write(out, sorted, sorted.length, Packing.of(sorted, sorted.length), depth + 1);
        write(out, places, count, Packing.of(places, count), depth + 1);
    }

    private int dictionaryBytes(int count) {
        long[] sorted = distinct.sorted();
        int width = Integer.SIZE - Integer.numberOfLeadingZeros(sorted.length - 1);
        return 4 + Packing.of(sorted, sorted.length).bytes() + Packing.bytes(count, width);
    }

    private static long[] deltas(long[] values, int count, long[] deltas) {
        for (int i = 1; i < count; i++) {
            deltas[i - 1] = values[i] - values[i - 1];
        }
        return deltas;
    }

    private static long[] quotients(long[] values, int count, long base, long divisor, long[] quotients) {
        for (int i = 0; i < count; i++) {
            quotients[i] = (values[i] - base) / divisor;
        }
        return quotients;
    }

    /** The largest number that divides all differences, 1 if a difference does not fit a long. */
    private static long commonDivisor(long[] values, int count, Packing packing) {
        long divisor = packing.spread() < 0 ? 1 : 0;
        for (int i = 0; i < count && divisor != 1; i++) {
            long rest = values[i] - packing.min();
            while (rest != 0) {
                long next = divisor % rest;
                divisor = rest;
                rest = next;
            }
        }
        return divisor;
    }

    private long[] scratch(int place, int count) {
        if (scratch[place].length < count) {
            scratch[place] = new long[count];
        }
        return scratch[place];
    }
}
