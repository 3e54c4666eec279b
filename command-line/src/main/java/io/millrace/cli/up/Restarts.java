package io.millrace.cli.up;

import java.time.Duration;

/**
 * When to start a dead child again: at once the first time, then twice as late each time, and as at first once it ran
 * for a while.
 *
 * @param failures ends in a row, none of them after a stable run
 */
record Restarts(int failures) {
    static final Restarts NONE = new Restarts(0);

    /** A child that ran this long was not broken from the start. */
    static final Duration STABLE = Duration.ofSeconds(15);

    static final Duration DELAY_MIN = Duration.ofMillis(250);
    static final Duration DELAY_MAX = Duration.ofSeconds(10);

    private static final int DOUBLINGS_MAX = 10;

    /** The state after the child ended once more. */
    Restarts after(Duration ranFor) {
        return new Restarts(ranFor.compareTo(STABLE) >= 0 ? 1 : failures + 1);
    }

    /** How long to wait before the next start. */
    Duration delay() {
        Duration delay = DELAY_MIN.multipliedBy(1L << Math.min(Math.max(failures - 1, 0), DOUBLINGS_MAX));
        return delay.compareTo(DELAY_MAX) < 0 ? delay : DELAY_MAX;
    }
}
