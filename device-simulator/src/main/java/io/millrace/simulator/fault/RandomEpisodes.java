package io.millrace.simulator.fault;

import io.millrace.simulator.fleet.Draw;
import java.util.ArrayList;
import java.util.List;

/**
 * Episodes at times that nobody chose: a Poisson process, so that one tells nothing of the next. Each draws its kind,
 * length and share too.
 *
 * @param index among all such of a run; part of the seed
 * @param kinds 1 or more
 * @param perMinute on average, above 0
 * @param lengthMicrosMax of each that has a length; half as long on average
 * @param shareMax of the connections, 0 to 1; half as many on average
 * @param bytesPerSecond of a slow link, each way
 * @param latencyMillis of a slow link, each way
 */
public record RandomEpisodes(
        int index,
        List<Episode.Kind> kinds,
        double perMinute,
        long lengthMicrosMax,
        double shareMax,
        long bytesPerSecond,
        long latencyMillis) {
    private static final long RANDOM = -5;
    private static final double MINUTE_MICROS = 60e6;

    public RandomEpisodes {
        kinds = List.copyOf(kinds);
        if (kinds.isEmpty() || !(perMinute > 0)) {
            throw new IllegalArgumentException(
                    "%s times a minute one of %s, expected above 0 and at least one kind".formatted(perMinute, kinds));
        }
    }

    /**
     * Those of a run.
     *
     * @param firstIndex of the first one, the next has one more
     */
    List<Episode> drawn(long seed, long horizonMicros, int firstIndex) {
        long key = Draw.key(Draw.key(seed, RANDOM), index);
        List<Episode> drawn = new ArrayList<>();
        double at = 0;
        for (int n = 0; ; n++) {
            long of = Draw.key(key, n);
            at -= Math.log(1 - Draw.uniform(Draw.key(of, 0))) * MINUTE_MICROS / perMinute;
            if (at >= horizonMicros) {
                return drawn;
            }
            Episode.Kind kind = kinds.get((int) (Draw.uniform(Draw.key(of, 1)) * kinds.size()));
            long longest = switch (kind) {
                case DISCONNECT -> 0;
                case OUTAGE, HALF_OPEN, SLOW -> lengthMicrosMax;
                case HERD -> Math.min(lengthMicrosMax, Episode.HERD_MICROS_MAX);
            };
            drawn.add(new Episode(
                    firstIndex + n,
                    kind,
                    (long) at,
                    Math.round(longest * (1 - Draw.uniform(Draw.key(of, 2)))),
                    shareMax * (1 - Draw.uniform(Draw.key(of, 3))),
                    bytesPerSecond,
                    latencyMillis));
        }
    }
}
