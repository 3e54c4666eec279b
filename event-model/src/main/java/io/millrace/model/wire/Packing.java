package io.millrace.model.wire;

/**
 * How a column of longs is packed: so many bits for each value's distance from a base, and patches for those that do
 * not fit ("frame of reference" and "patched", Zukowski et al., "Super-Scalar RAM-CPU Cache Compression", 2006).
 *
 * @param min least value of the column
 * @param spread greatest minus least value; negative if that does not fit a long
 * @param base what is taken off every value: the least one, or a typical one so that low outliers become patches
 * @param width bits of each value, 0 to 64
 * @param patches values whose distance does not fit
 * @param bytes what all that takes, about
 */
record Packing(long min, long spread, long base, int width, int patches, int bytes) {
    /** Bits that the average value must lie below the widest for patches to be looked into: fewer cannot pay. */
    private static final int SLACK_BITS = 2;

    static int bytes(int count, int width) {
        return (int) (((long) count * width + 7) / 8);
    }

    /** The cheapest packing of the first {@code count} values, at least one. */
    static Packing of(long[] values, int count) {
        long min = values[0];
        long max = values[0];
        for (int i = 1; i < count; i++) {
            min = Math.min(min, values[i]);
            max = Math.max(max, values[i]);
        }
        Packing plain = plain(min, max - min, count);
        if (plain.isConstant()) {
            return plain;
        }
        long typical = values[count / 2];
        int bits = 0;
        int belowTypical = 0;
        for (int i = 0; i < count; i++) {
            bits += bits(values[i] - min);
            belowTypical += values[i] < typical ? 1 : 0;
        }
        Packing best = plain;
        if (bits < (plain.width - SLACK_BITS) * count) {
            best = cheaper(best, patched(plain, values, count, min));
        }
        if (belowTypical > 0 && belowTypical <= count / 8) {
            best = cheaper(best, patched(plain, values, count, typical));
        }
        return best;
    }

    boolean isConstant() {
        return width == 0 && patches == 0;
    }

    private static Packing plain(long min, long spread, int count) {
        int width = bits(spread);
        return new Packing(min, spread, min, width, 0, 1 + ByteWriter.zigzagBytes(min) + bytes(count, width));
    }

    private static Packing cheaper(Packing a, Packing b) {
        return b.bytes < a.bytes ? b : a;
    }

    /** The cheapest width from that base, where values below the base are patches too. */
    private static Packing patched(Packing plain, long[] values, int count, long base) {
        int[] countByBits = new int[Long.SIZE + 1];
        int patches = 0;
        int patchBytes = 0;
        for (int i = 0; i < count; i++) {
            long offset = values[i] - base;
            if (offset < 0) {
                patches++;
                patchBytes += 1 + ByteWriter.zigzagBytes(offset);
            } else {
                countByBits[bits(offset)]++;
            }
        }
        Packing best = plain;
        int head = 1 + ByteWriter.zigzagBytes(base) + 1;
        for (int width = Long.SIZE - 1; width >= 0; width--) {
            int wider = countByBits[width + 1];
            patches += wider;
            patchBytes += wider * (1 + ByteWriter.zigzagBytes(1L << width));
            int bytes = head + bytes(count, width) + patchBytes;
            if (patches > 0 && bytes < best.bytes) {
                best = new Packing(plain.min, plain.spread, base, width, patches, bytes);
            }
        }
        return best;
    }

    private static int bits(long value) {
        return Long.SIZE - Long.numberOfLeadingZeros(value);
    }
}
