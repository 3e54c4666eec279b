package io.millrace.simulator.fault;

import java.util.Locale;

/**
 * Something that befalls a share of the connections, for a while.
 *
 * @param index among all episodes of the run; part of the seed, so that each hits others
 * @param atMicros when, since the run began
 * @param lengthMicros for how long; 0 for a moment; of a herd at most {@value #HERD_MICROS_MAX}
 * @param share of the connections, 0 to 1
 * @param bytesPerSecond of a slow link, each way
 * @param latencyMillis of a slow link, each way
 */
public record Episode(
        int index, Kind kind, long atMicros, long lengthMicros, double share, long bytesPerSecond, long latencyMillis) {
    /** As long as an agent waits for one connection; later some would no longer be waiting, and come by themselves. */
    public static final long HERD_MICROS_MAX = 10_000_000;

    /** What befalls them. */
    public enum Kind {
        /** Cut without a word; each connects again as it usually does. */
        DISCONNECT,
        /** Cut, and every attempt to connect fails meanwhile. */
        OUTAGE,
        /** Nothing passes any more, and neither end is told; cut at the end. */
        HALF_OPEN,
        /** All passes, late and little at a time. */
        SLOW,
        /** Cut, and all who connect meanwhile wait and are let in at the same instant, as by a broker that is back. */
        HERD;

        /** As files and reports call it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Episode {
        long longest = kind == Kind.HERD ? HERD_MICROS_MAX : Long.MAX_VALUE;
        if (atMicros < 0 || lengthMicros < 0 || lengthMicros > longest || !(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "%s at %d for %d microseconds of share %s, expected 0 or more, for at most %d, and a share from 0 to 1"
                            .formatted(kind, atMicros, lengthMicros, share, longest));
        }
    }
}
