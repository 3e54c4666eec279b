package io.millrace.simulator.run;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Feeds all virtual agents from one thread, each when its next event is due. */
final class AgentFeeder implements Runnable {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long RETRY_MICROS = TimeUnit.MILLISECONDS.toMicros(20);

    private final List<VirtualAgent> agents;
    private final RunClock clock;
    private volatile boolean stopped;

    AgentFeeder(List<VirtualAgent> agents, RunClock clock) {
        this.agents = agents;
        this.clock = clock;
    }

    @Override
    public void run() {
        var queue = new PriorityQueue<VirtualAgent>(Comparator.comparingLong(agent -> agent.wakeMicros));
        queue.addAll(agents);
        while (!stopped && !queue.isEmpty()) {
            long now = clock.offsetMicros();
            VirtualAgent first = queue.element();
            if (first.wakeMicros > now) {
                LockSupport.parkNanos(this, Math.min(TICK_NANOS, (first.wakeMicros - now) * 1_000));
                continue;
            }
            queue.remove();
            first.wakeMicros = first.feed(clock, RETRY_MICROS);
            if (first.wakeMicros != Long.MAX_VALUE) {
                queue.add(first);
            }
        }
    }

    /** Ends it soon; nothing more is fed. */
    void stop() {
        stopped = true;
    }
}
