package io.millrace.simulator.fault;

import io.millrace.simulator.fleet.Draw;
import java.util.List;

/**
 * All that is to go wrong in a run.
 *
 * @param duplicate part of the messages that are sent twice
 * @param reorder part of the messages that are held back
 * @param reorderMicrosMax by at most so much
 * @param garbage for each message, how likely a further one is sent that nobody can read
 */
public record Faults(List<Episode> episodes, double duplicate, double reorder, long reorderMicrosMax, double garbage) {
    public static final Faults NONE = new Faults(List.of(), 0, 0, 0, 0);

    private static final long EPISODES = -1;
    private static final long DUPLICATES = -2;
    private static final long REORDERED = -3;
    private static final long GARBAGE = -4;

    public Faults {
        episodes = List.copyOf(episodes);
    }

    /** Whether an episode befalls a unit of a fleet. */
    public boolean befalls(Episode episode, long seed, int fleet, int unit) {
        long key = Draw.key(Draw.key(Draw.key(Draw.key(seed, EPISODES), episode.index()), fleet), unit);
        return Draw.uniform(key) < episode.share();
    }

    /** Whether the {@code n}th message of a unit is sent twice. */
    public boolean isDuplicated(long seed, int fleet, int unit, long n) {
        return duplicate > 0 && draw(DUPLICATES, seed, fleet, unit, n) < duplicate;
    }

    /** How long the {@code n}th message of a unit is held back, in microseconds; 0 for most. */
    public long heldBackMicros(long seed, int fleet, int unit, long n) {
        if (reorder == 0) {
            return 0;
        }
        double drawn = draw(REORDERED, seed, fleet, unit, n);
        return drawn < reorder ? 1 + (long) (drawn / reorder * reorderMicrosMax) : 0;
    }

    /** Whether nonsense goes with the {@code n}th message of a unit. */
    public boolean isGarbageSent(long seed, int fleet, int unit, long n) {
        return garbage > 0 && draw(GARBAGE, seed, fleet, unit, n) < garbage;
    }

    private static double draw(long kind, long seed, int fleet, int unit, long n) {
        return Draw.uniform(Draw.key(Draw.key(Draw.key(Draw.key(seed, kind), fleet), unit), n));
    }
}
