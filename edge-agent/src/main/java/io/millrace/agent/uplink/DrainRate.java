package io.millrace.agent.uplink;

import io.millrace.model.wire.AgentStatus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a backlog shrinks, over the last half minute at most. Pure: time is passed in. */
final class DrainRate {
    static final Duration EVERY = Duration.ofSeconds(1);
    static final Duration SPAN = Duration.ofSeconds(30);

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(long atNanos, long events) {}

    /** Whether it is time to look again; looking costs. */
    boolean isDue(long nowNanos) {
        return samples.isEmpty() || nowNanos - samples.getLast().atNanos >= EVERY.toNanos();
    }

    void observe(long backlogEvents, long nowNanos) {
        samples.addLast(new Sample(nowNanos, backlogEvents));
        while (nowNanos - samples.getFirst().atNanos > SPAN.toNanos()) {
            samples.removeFirst();
        }
    }

    /** As it was observed last; the rate is 0 if it does not shrink. */
    AgentStatus.Backlog backlog() {
        if (samples.isEmpty()) {
            return new AgentStatus.Backlog(0, 0);
        }
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        long nanos = last.atNanos - first.atNanos;
        long shrunk = Math.max(0, first.events - last.events);
        return new AgentStatus.Backlog(last.events, nanos == 0 ? 0 : Math.round(shrunk * 1e9 / nanos));
    }
}
