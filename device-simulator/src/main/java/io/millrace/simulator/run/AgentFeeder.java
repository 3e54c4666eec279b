package io.millrace.simulator.run;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Feeds all virtual agents from one thread, each soon after its next event is due. */
final class AgentFeeder {
    /** From one round to the next; what is due meanwhile waits for the next one, as it does for an agent that polls. */
    private static final long ROUND_MICROS = TimeUnit.MILLISECONDS.toMicros(5);

    /** A round that takes long comes less often: what it costs is mostly to go to each agent, for one event or for ten. */
    private static final long ROUND_MICROS_MAX = TimeUnit.MILLISECONDS.toMicros(20);

    /** Rounds are so many times as far apart as one takes, within these bounds. */
    private static final int ROUND_APART = 8;

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
            long round = clock.offsetMicros();
            while (!stopped && !queue.isEmpty() && queue.element().wakeMicros <= round) {
                VirtualAgent due = queue.remove();
                due.wakeMicros = due.feed(clock, RETRY_MICROS);
                if (due.wakeMicros != Long.MAX_VALUE) {
                    queue.add(due);
                }
            }
            long ended = clock.offsetMicros();
            long next = round + Math.clamp(ROUND_APART * (ended - round), ROUND_MICROS, ROUND_MICROS_MAX);
            LockSupport.parkNanos(this, (next - ended) * 1_000);
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
