package io.millrace.simulator.fault;

import io.millrace.simulator.fleet.Draw;
import io.millrace.simulator.fleet.Fleet;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is to go wrong in a run.
 *
 * @param episodes that were chosen
 * @param random further ones that are to be drawn
 * @param duplicate part of the messages that are sent twice
 * @param reorder what messages are held back, so that later ones overtake them
 * @param garbage for each message, how likely a further one is sent that nobody can read
 */
public record Faults(
        List<Episode> episodes, List<RandomEpisodes> random, double duplicate, Reorder reorder, double garbage) {
    public static final Faults NONE = new Faults(List.of(), List.of(), 0, Reorder.NONE, 0);

    /**
     * What messages are held back.
     *
     * @param readings part of the messages of one reading, as plain devices send them
     * @param batches part of an agent's messages
     * @param microsMax by at most so much
     */
    public record Reorder(double readings, double batches, long microsMax) {
        public static final Reorder NONE = new Reorder(0, 0, 0);

        /**
         * The chances of an entry and of a batch to be out of order in the IoT use case of the Time Series Benchmark
         * Suite (TSBS, {@code pkg/data/usecases/iot/batch_config.go}).
         */
        public static Reorder asInTsbs(long microsMax) {
            return new Reorder(0.3, 0.05, microsMax);
        }
    }

    private static final long EPISODES = -1;
    private static final long DUPLICATES = -2;
    private static final long REORDERED = -3;
    private static final long GARBAGE = -4;

    public Faults {
        episodes = List.copyOf(episodes);
        random = List.copyOf(random);
    }

    /** Those of a run: with the random episodes, and without what would begin when nothing is produced any more. */
    public Faults drawn(long seed, long horizonMicros) {
        List<Episode> all = new ArrayList<>(episodes);
        for (RandomEpisodes each : random) {
            all.addAll(each.drawn(seed, horizonMicros, all.size()));
        }
        all.removeIf(episode -> isLate(episode, horizonMicros));
        return new Faults(all, List.of(), duplicate, reorder, garbage);
    }

    private static boolean isLate(Episode episode, long horizonMicros) {
        return episode.atMicros() >= horizonMicros;
    }

    /** How many of the scheduled ones {@link #drawn} leaves out. */
    public long lateEpisodes(long horizonMicros) {
        return episodes.stream()
                .filter(episode -> isLate(episode, horizonMicros))
                .count();
    }

    /** When the last episode is over, in microseconds since the run began; 0 if there is none. */
    public long endMicros() {
        return episodes.stream()
                .mapToLong(episode -> episode.atMicros() + episode.lengthMicros())
                .max()
                .orElse(0);
    }

    /** Whether an episode befalls a unit of a fleet. */
    public boolean befalls(Episode episode, long seed, int fleet, int unit) {
        long key = Draw.key(Draw.key(Draw.key(Draw.key(seed, EPISODES), episode.index()), fleet), unit);
        return Draw.uniform(key) < episode.share();
    }

    /** Whether the {@code n}th message of a unit is sent twice. */
    public boolean isDuplicated(long seed, Fleet fleet, int unit, long n) {
        return duplicate > 0 && draw(DUPLICATES, seed, fleet.index(), unit, n) < duplicate;
    }

    /** How long the {@code n}th message of a unit is held back, in microseconds; 0 for most. */
    public long heldBackMicros(long seed, Fleet fleet, int unit, long n) {
        double chance = switch (fleet.transport()) {
            case PLAIN -> reorder.readings();
            case AGENT -> reorder.batches();
        };
        if (chance == 0) {
            return 0;
        }
        double drawn = draw(REORDERED, seed, fleet.index(), unit, n);
        return drawn < chance ? 1 + (long) (drawn / chance * reorder.microsMax()) : 0;
    }

    /** Whether nonsense goes with the {@code n}th message of a unit. */
    public boolean isGarbageSent(long seed, Fleet fleet, int unit, long n) {
        return garbage > 0 && draw(GARBAGE, seed, fleet.index(), unit, n) < garbage;
    }

    private static double draw(long kind, long seed, int fleet, int unit, long n) {
        return Draw.uniform(Draw.key(Draw.key(Draw.key(Draw.key(seed, kind), fleet), unit), n));
    }
}
