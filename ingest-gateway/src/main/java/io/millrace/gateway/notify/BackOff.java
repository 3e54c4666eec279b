package io.millrace.gateway.notify;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait after so many failures: twice as long each time up to 5 min, a fifth more or less. */
final class BackOff {
    static final Duration MAX = Duration.ofMinutes(5);

    private static final long MILLIS_MIN = 1_000;
    private static final int DOUBLINGS_MAX = 20;
    private static final double JITTER = 0.2;

    private final RandomGenerator random;

    BackOff(RandomGenerator random) {
        this.random = random;
    }

    /**
     * @param failures 1 or more
     */
    Duration after(int failures) {
        long millis = Math.min(MAX.toMillis(), MILLIS_MIN << Math.min(failures - 1, DOUBLINGS_MAX));
        return Duration.ofMillis((long) (millis * random.nextDouble(1 - JITTER, 1 + JITTER)));
    }
}
