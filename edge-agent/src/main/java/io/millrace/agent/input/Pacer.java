package io.millrace.agent.input;

import io.millrace.agent.config.Pace;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells when a recorded row is due, so that rows come as far apart as their times are. Not thread-safe. */
final class Pacer {
    private final Pace pace;
    private final AgentClock clock;
    private @Nullable Long firstTimeMicros;
    private long firstNanos;

    Pacer(Pace pace, AgentClock clock) {
        this.pace = pace;
        this.clock = clock;
    }

    /** How long until a row of that recorded time is due; zero or less if it is. The first row is due at once. */
    Duration untilDue(long timeMicros) {
        if (pace.isMax()) {
            return Duration.ZERO;
        }
        if (firstTimeMicros == null) {
            firstTimeMicros = timeMicros;
            firstNanos = clock.nanos();
        }
        double micros = (timeMicros - firstTimeMicros) / pace.speed();
        long sinceFirst = TimeUnit.NANOSECONDS.toMicros(clock.nanos() - firstNanos);
        return Duration.of(Math.round(micros) - sinceFirst, ChronoUnit.MICROS);
    }
}
