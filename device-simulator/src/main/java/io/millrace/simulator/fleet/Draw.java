package io.millrace.simulator.fleet;

/**
 * Randomness as a function: the same key gives the same draw, in any order and on any machine. The mixing is that of
 * SplitMix64 (Steele, Lea and Flood, 2014).
 */
public final class Draw {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final double ULP_53 = 0x1.0p-53;
    private static final double SQRT_3 = Math.sqrt(3);

    private Draw() {}

    /** A key below another one: for the n-th of something. */
    public static long key(long parent, long n) {
        long z = (parent ^ mix(n + GOLDEN_GAMMA)) + GOLDEN_GAMMA;
        return mix(z);
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** 0 to below 1, uniform. */
    public static double uniform(long key) {
        return (key >>> 11) * ULP_53;
    }

    /** Mean 0, standard deviation 1, nearly normal: four uniform draws, scaled, so never beyond 3.5. */
    static double normal(long key) {
        double sum = -2;
        for (int i = 0; i < 4; i++) {
            sum += uniform(key(key, i));
        }
        return sum * SQRT_3;
    }

    /**
     * Smooth noise over the line, about -1 to 1: draws at whole numbers, eased in between (Perlin's value noise).
     */
    static double smooth(long key, double x) {
        long cell = (long) Math.floor(x);
        double t = x - cell;
        double eased = t * t * (3 - 2 * t);
        double from = 2 * uniform(key(key, cell)) - 1;
        double to = 2 * uniform(key(key, cell + 1)) - 1;
        return from + (to - from) * eased;
    }
}
