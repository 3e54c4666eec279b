package io.millrace.agent.input;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** Time that passes only by sleeping. What a test queues happens during the next sleeps, one thing in each. */
final class ManualClock implements AgentClock {
    interface Happening {
        void happen() throws Exception;
    }

    static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    final Deque<Happening> happenings = new ArrayDeque<>();
    Duration slept = Duration.ZERO;
    private Instant start;
    private long nanos;

    ManualClock(Instant start) {
        this.start = start;
    }

    static long micros(Instant time) {
        return TimeUnit.SECONDS.toMicros(time.getEpochSecond()) + time.getNano() / 1_000;
    }

    void set(Instant now) {
        start = now.minusNanos(nanos);
    }

    @Override
    public long micros() {
        return micros(start.plusNanos(nanos));
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        nanos += duration.toNanos();
        slept = slept.plus(duration);
        Happening next = happenings.poll();
        if (next != null) {
            try {
                next.happen();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
