package io.millrace.model;

/** Hash codes of what is made of several names. */
public final class HashCodes {
    /** 2 to the 32nd over the golden ratio, odd: spreads what counts up (Knuth, The Art of Computer Programming, 6.4). */
    private static final int SPREAD = 0x9E37_79B9;

    private HashCodes() {}

    /**
     * Two in one. As {@code 31 * first + second} they would often be the same for names that count up: for {@code agent-20}
     * of {@code site-1} and {@code agent-10} of {@code site-2}, say.
     */
    public static int mixed(int first, int second) {
        int spread = first * SPREAD;
        return (spread ^ spread >>> 16) * 31 + second;
    }
}
