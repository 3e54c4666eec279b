package io.millrace.agent.uplink;

import io.millrace.agent.uplink.UplinkSignal.CloseRequested;
import io.millrace.agent.uplink.UplinkSignal.Connected;
import io.millrace.agent.uplink.UplinkSignal.Lost;
import io.millrace.agent.uplink.UplinkSignal.Tick;
import io.millrace.agent.uplink.UplinkState.Closed;
import io.millrace.agent.uplink.UplinkState.Connecting;
import io.millrace.agent.uplink.UplinkState.Online;
import io.millrace.agent.uplink.UplinkState.Waiting;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When to connect: exponential back-off with full jitter (Brooker, "Exponential Backoff And Jitter", 2015), so that a
 * thousand agents do not come back at once. The first attempt after a working connection comes within a second.
 */
final class Reconnection {
    static final Duration CONNECT_MAX = Duration.ofSeconds(10);
    static final Duration BACKOFF_FIRST = Duration.ofSeconds(1);
    static final Duration BACKOFF_MAX = Duration.ofSeconds(60);

    /** A connection that lasted less than this counts as a failure still. */
    static final Duration STABLE = Duration.ofSeconds(10);

    private static final long JITTER_NANOS_MIN = Duration.ofMillis(50).toNanos();
    private static final int DOUBLINGS_MAX = 6;

    private final RandomGenerator random;

    Reconnection(RandomGenerator random) {
        this.random = random;
    }

    UplinkState next(UplinkState state, UplinkSignal signal) {
        return switch (signal) {
            case CloseRequested _ -> new Closed();
            case Tick(long now) -> tick(state, now);
            case Connected(long now) ->
                state instanceof Connecting(int failures, long _) ? new Online(failures, now) : state;
            case Lost(long now) ->
                switch (state) {
                    case Online(int failures, long since) ->
                        waiting(now - since >= STABLE.toNanos() ? 1 : failures + 1, now);
                    case Connecting(int failures, long _) -> waiting(failures + 1, now);
                    case Waiting _, Closed _ -> state;
                };
        };
    }

    private UplinkState tick(UplinkState state, long now) {
        return switch (state) {
            case Waiting(int failures, long retryAt)
            when now - retryAt >= 0 -> new Connecting(failures, now + CONNECT_MAX.toNanos());
            case Connecting(int failures, long giveUpAt) when now - giveUpAt >= 0 -> waiting(failures + 1, now);
            case Waiting _, Connecting _, Online _, Closed _ -> state;
        };
    }

    private Waiting waiting(int failures, long now) {
        long most = Math.min(BACKOFF_FIRST.toNanos() << Math.min(failures - 1, DOUBLINGS_MAX), BACKOFF_MAX.toNanos());
        return new Waiting(failures, now + random.nextLong(JITTER_NANOS_MIN, most));
    }
}
