package io.millrace.gateway.api;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A stretch of event time, microseconds since 1970.
 *
 * @param fromMicros inclusive
 * @param toMicros exclusive
 */
record Range(long fromMicros, long toMicros) {
    private static final Duration DEFAULT = Duration.ofMinutes(15);

    /** From {@code from} and {@code to}, by default the last 15 minutes. */
    static Range of(Parameters parameters) {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, parameters.now());
        long to = parameters.time("to").orElse(now);
        long from = parameters.time("from").orElse(to - DEFAULT.toNanos() / 1000);
        if (from >= to) {
            parameters.mistake("from", "is not before to, expected an earlier time");
        }
        return new Range(from, to);
    }
}
