package io.millrace.simulator.fleet;

/**
 * How wrong the clocks of a fleet are. A unit's clock is off by a constant and runs too fast or too slow; both are its
 * own, up to the limits.
 *
 * @param share of the units whose clock is wrong, 0 to 1
 * @param offMicrosMax either way
 * @param driftPpmMax either way, in microseconds a second
 */
public record Skew(double share, long offMicrosMax, double driftPpmMax) {
    public static final Skew NONE = new Skew(0, 0, 0);

    /** Beyond this, readings would lie so far ahead that they are stored as future ones or not at all. */
    public static final long OFF_MICROS_MAX = 300_000_000;

    public static final double DRIFT_PPM_MAX = 1_000;

    public Skew {
        if (!(share >= 0 && share <= 1)
                || offMicrosMax < 0
                || offMicrosMax > OFF_MICROS_MAX
                || !(driftPpmMax >= 0 && driftPpmMax <= DRIFT_PPM_MAX)) {
            throw new IllegalArgumentException(
                    "skew of share %s by %d microseconds and %s ppm, expected 0 to 1, at most %d and at most %s"
                            .formatted(share, offMicrosMax, driftPpmMax, OFF_MICROS_MAX, DRIFT_PPM_MAX));
        }
    }

    /** What the unit's clock shows, in microseconds since the run began, when the right time is that. */
    long shown(long unitKey, long offsetMicros) {
        if (share == 0 || Draw.uniform(Draw.key(unitKey, -2)) >= share) {
            return offsetMicros;
        }
        return offsetMicros + off(unitKey) + (long) Math.floor(offsetMicros * drift(unitKey));
    }

    /** About when the clock shows that; within a few microseconds. */
    long about(long unitKey, long shownMicros) {
        if (share == 0 || Draw.uniform(Draw.key(unitKey, -2)) >= share) {
            return shownMicros;
        }
        return Math.round((shownMicros - off(unitKey)) / (1 + drift(unitKey)));
    }

    /** How far a clock may be off at the end of a run. */
    public long microsMax(long horizonMicros) {
        return share == 0 ? 0 : offMicrosMax + (long) Math.ceil(horizonMicros * driftPpmMax / 1e6);
    }

    private long off(long unitKey) {
        return (long) ((2 * Draw.uniform(Draw.key(unitKey, -3)) - 1) * offMicrosMax);
    }

    private double drift(long unitKey) {
        return (2 * Draw.uniform(Draw.key(unitKey, -4)) - 1) * driftPpmMax / 1e6;
    }
}
