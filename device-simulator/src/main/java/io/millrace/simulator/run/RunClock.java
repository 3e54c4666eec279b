package io.millrace.simulator.run;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/**
 * When a run began, by both clocks, and how far it is. Offsets are in microseconds since then, by the monotonic clock,
 * negative before.
 */
final class RunClock {
    private final LongSupplier nanoTime;
    private final long startWallMicros;
    private final long startNanos;

    private RunClock(LongSupplier nanoTime, long startWallMicros, long startNanos) {
        this.nanoTime = nanoTime;
        this.startWallMicros = startWallMicros;
        this.startNanos = startNanos;
    }

    /** Begins now. */
    static RunClock start(InstantSource wall, LongSupplier nanoTime) {
        long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, wall.instant());
        return new RunClock(nanoTime, nowMicros, nanoTime.getAsLong());
    }

    /** Of the run's beginning, since 1970. */
    long startWallMicros() {
        return startWallMicros;
    }

    long offsetMicros() {
        return (nanoTime.getAsLong() - startNanos) / 1_000;
    }
}
