package io.millrace.projections;

import io.millrace.model.Glob;
import io.millrace.model.Series;

/**
 * A time in which no alert is raised, since people work on the machine; what is bad still when it ends is raised then.
 *
 * @param fromMicros event time, microseconds since 1970, inclusive
 * @param toMicros exclusive, later than {@code fromMicros}
 */
public record Maintenance(Glob device, Glob metric, long fromMicros, long toMicros) {
    public static final int COUNT_MAX = 1_000;

    public Maintenance {
        if (fromMicros >= toMicros) {
            throw new IllegalArgumentException("maintenance ends at %d and begins at %d, expected it to end later"
                    .formatted(toMicros, fromMicros));
        }
    }

    boolean concerns(Series series) {
        return device.matches(series.device()) && metric.matches(series.metric());
    }

    boolean holds(long timeMicros) {
        return timeMicros >= fromMicros && timeMicros < toMicros;
    }
}
