package io.millrace.model.wire;

import java.util.Arrays;

/** Finds the distinct values of a column and gives up early if there are too many for a dictionary. */
final class DistinctValues {
    static final int SIZE_MAX = 256;

    private static final int SLOTS = 4 * SIZE_MAX;
    private static final int HASH_SHIFT = Long.SIZE - Integer.numberOfTrailingZeros(SLOTS);
    private static final long HASH_FACTOR = 0x9E37_79B9_7F4A_7C15L; // 2^64 by the golden ratio: Knuth, TAOCP 3, 6.4

    private final long[] valueBySlot = new long[SLOTS];
    private final short[] roundBySlot = new short[SLOTS];
    private final long[] values = new long[SIZE_MAX];
    private short round;
    private int size;

    /** Whether the column has so few that a dictionary may pay; {@link #sorted} gives them then. */
    boolean areFew(long[] column, int count) {
        int sizeMax = Math.min(SIZE_MAX, count / 2);
        nextRound();
        for (int i = 0; i < count; i++) {
            if (isNew(column[i])) {
                if (size == sizeMax) {
                    return false;
                }
                values[size++] = column[i];
            }
        }
        return true;
    }

    int size() {
        return size;
    }

    /** The distinct values in ascending order. */
    long[] sorted() {
        long[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        return sorted;
    }

    private void nextRound() {
        size = 0;
        if (++round == 0) {
            Arrays.fill(roundBySlot, (short) 0);
            round = 1;
        }
    }

    private boolean isNew(long value) {
        int slot = (int) ((value * HASH_FACTOR) >>> HASH_SHIFT);
        while (roundBySlot[slot] == round) {
            if (valueBySlot[slot] == value) {
                return false;
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
        roundBySlot[slot] = round;
        valueBySlot[slot] = value;
        return true;
    }
}
