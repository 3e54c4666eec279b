package io.millrace.store.derive;

import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;

/**
 * The newest reading of a series, by event time; of two at one time the one later in the log.
 *
 * @param agent of a plain device the device
 * @param timeMicros event time, microseconds since 1970
 * @param value a text is cut to {@value #TEXT_CHARS_MAX} characters
 */
public record LatestValue(
        String site, String agent, Series series, long timeMicros, Value value, Quality quality, long position) {
    public static final int TEXT_CHARS_MAX = 256;
}
