package io.millrace.agent.uplink;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/**
 * Both clocks of an agent.
 *
 * @param wall for what people read
 * @param monotonic nanoseconds of any origin, for delays and limits
 */
record UplinkClock(InstantSource wall, LongSupplier monotonic) {
    long nanos() {
        return monotonic.getAsLong();
    }

    long wallMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, wall.instant());
    }
}
