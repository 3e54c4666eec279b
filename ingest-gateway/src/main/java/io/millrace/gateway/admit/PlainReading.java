package io.millrace.gateway.admit;

import io.millrace.model.Quality;
import io.millrace.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * What a plain device's message says.
 *
 * @param timeMicros as the device states it, microseconds since 1970; null if it leaves the time to us
 * @param unit empty if not stated
 * @param id what the device names the reading by, so that sending it twice stores it once; null if it has no name
 */
record PlainReading(
        Value value,
        @Nullable Long timeMicros,
        String unit,
        Quality quality,
        @Nullable String id) {}
