package io.millrace.agent.input;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Both clocks of the machine. A box without a battery starts in 1970 until it has heard of the time. */
public interface AgentClock {
    /** No clock is right that is before this: the software did not exist. Moved forward with each release. */
    Instant SOFTWARE_DATE = Instant.parse("2026-01-01T00:00:00Z");

    /** Wall clock, microseconds since 1970. */
    long micros();

    /** Monotonic clock, nanoseconds since some origin. */
    long nanos();

    /** Waits by the monotonic clock. */
    void sleep(Duration duration) throws InterruptedException;

    /** Whether the wall clock can be right. */
    default boolean isPlausible() {
        return micros() >= TimeUnit.SECONDS.toMicros(SOFTWARE_DATE.getEpochSecond());
    }
}
