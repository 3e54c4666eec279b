package io.millrace.simulator.run;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Feeds all virtual agents from one thread, each when its next event is due. */
final class AgentFeeder {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long RETRY_MICROS = TimeUnit.MILLISECONDS.toMicros(20);

    private final List<VirtualAgent> agents;
    private @Nullable Thread thread;
    private volatile boolean stopped;

    /** @param agents complete when it starts */
    AgentFeeder(List<VirtualAgent> agents) {
        this.agents = agents;
    }

    /** The schedule begins. */
    void start(RunClock clock) {
        thread = Thread.ofPlatform().daemon().name("feeder").start(() -> feed(clock));
    }

    private void feed(RunClock clock) {
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

    /** Blocks until it has ended. */
    void join() throws InterruptedException {
        if (thread != null) {
            thread.join();
        }
    }
}
