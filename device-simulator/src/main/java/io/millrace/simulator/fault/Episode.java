package io.millrace.simulator.fault;

/**
 * Something that befalls a share of the connections, for a while.
 *
 * @param index among all episodes of the run; part of the seed, so that each hits others
 * @param atMicros when, since the run began
 * @param lengthMicros for how long; 0 for a moment
 * @param share of the connections, 0 to 1
 * @param bytesPerSecond of a slow link, each way
 * @param latencyMillis of a slow link, each way
 */
public record Episode(
        int index, Kind kind, long atMicros, long lengthMicros, double share, long bytesPerSecond, long latencyMillis) {
    /** What befalls them. */
    public enum Kind {
        /** Cut without a word; each connects again as it usually does. */
        DISCONNECT,
        /** Cut, and every attempt to connect fails meanwhile. */
        OUTAGE,
        /** Nothing passes any more, and neither end is told; cut at the end. */
        HALF_OPEN,
        /** All passes, late and little at a time. */
        SLOW
    }

    public Episode {
        if (atMicros < 0 || lengthMicros < 0 || !(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "%s at %d for %d microseconds of share %s, expected 0 or more and a share from 0 to 1"
                            .formatted(kind, atMicros, lengthMicros, share));
        }
    }
}
