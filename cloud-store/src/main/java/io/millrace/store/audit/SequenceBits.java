package io.millrace.store.audit;

import io.millrace.model.Interval;
import java.util.HashMap;
import java.util.Map;

/**
 * Which sequences of one stream were seen in the store, one bit each, in pieces that are made where they are needed: a
 * million consecutive sequences take 128 KiB.
 */
final class SequenceBits {
    private static final int PIECE_BITS = 16;
    private static final int PIECE_WORDS = 1 << (PIECE_BITS - 6);

    private final Map<Long, long[]> pieces = new HashMap<>();
    private long[] lastPiece = new long[0];
    private long lastKey = -1;
    private long repeats;

    void add(long sequence) {
        long key = sequence >>> PIECE_BITS;
        if (key != lastKey) {
            lastPiece = pieces.computeIfAbsent(key, _ -> new long[PIECE_WORDS]);
            lastKey = key;
        }
        int word = (int) (sequence >>> 6) & (PIECE_WORDS - 1);
        long bit = 1L << sequence;
        if ((lastPiece[word] & bit) != 0) {
            repeats++;
        }
        lastPiece[word] |= bit;
    }

    /** How many times a sequence was added that was there already. */
    long repeats() {
        return repeats;
    }

    /** How many sequences of the intervals were seen. */
    long countIn(Iterable<Interval> intervals) {
        long count = 0;
        for (Interval i : intervals) {
            for (long key = i.first() >>> PIECE_BITS; key <= i.last() >>> PIECE_BITS; key++) {
                long[] piece = pieces.get(key);
                if (piece != null) {
                    long start = key << PIECE_BITS;
                    count += countIn(piece, Math.max(0, i.first() - start), Math.min(0xFFFF, i.last() - start));
                }
            }
        }
        return count;
    }

    /** Bits {@code from} to {@code to} of a piece, both included. */
    private static long countIn(long[] piece, long from, long to) {
        long count = 0;
        int firstWord = (int) (from >>> 6);
        int lastWord = (int) (to >>> 6);
        for (int w = firstWord; w <= lastWord; w++) {
            long bits = piece[w];
            if (w == firstWord) {
                bits &= -1L << from;
            }
            if (w == lastWord) {
                bits &= -1L >>> (63 - (to & 63));
            }
            count += Long.bitCount(bits);
        }
        return count;
    }
}
