package io.millrace.simulator.run;

import io.millrace.model.wire.WireEncoder;
import io.millrace.simulator.mqtt.Connections;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Feeds the virtual agents of one event loop, on that loop, each soon after its next event is due. */
final class AgentFeeder {
    /** From one round to the next; what is due meanwhile waits for the next one, as it does for an agent that polls. */
    private static final long ROUND_MICROS = TimeUnit.MILLISECONDS.toMicros(5);

    /** A round that takes long comes less often: what it costs is mostly to go to each agent, for one event or for ten. */
    private static final long ROUND_MICROS_MAX = TimeUnit.MILLISECONDS.toMicros(20);

    /** Rounds are so many times as far apart as one takes, within these bounds. */
    private static final int ROUND_APART = 8;

    private static final long RETRY_MICROS = TimeUnit.MILLISECONDS.toMicros(20);

    private final Connections.Loop loop;
    private final WireEncoder encoder = new WireEncoder();
    private final List<VirtualAgent> agents = new ArrayList<>();
    private final PriorityQueue<VirtualAgent> queue =
            new PriorityQueue<>(Comparator.comparingLong(agent -> agent.wakeMicros));
    private boolean stopped;

    AgentFeeder(Connections.Loop loop) {
        this.loop = loop;
    }

    /** Where its agents live. */
    Connections.Loop loop() {
        return loop;
    }

    /** For its agents, which all encode on its loop: one each would be 0.2 MB that no processor's cache keeps. */
    WireEncoder encoder() {
        return encoder;
    }

    /** Takes one in that lives on this loop. Before {@link #begin} only. */
    void add(VirtualAgent agent) {
        agents.add(agent);
    }

    List<VirtualAgent> agents() {
        return agents;
    }

    /** The schedule begins. */
    void begin(RunClock clock) {
        loop.execute(() -> {
            agents.forEach(agent -> agent.begin(clock));
            queue.addAll(agents);
            round(clock);
        });
    }

    private void round(RunClock clock) {
        if (stopped) {
            return;
        }
        long round = clock.offsetMicros();
        try {
            while (!queue.isEmpty() && queue.element().wakeMicros <= round) {
                VirtualAgent due = queue.remove();
                due.wakeMicros = due.feed(clock, RETRY_MICROS);
                if (due.wakeMicros != Long.MAX_VALUE) {
                    queue.add(due);
                }
            }
        } finally { // a defect in one must not leave the others without
            if (!queue.isEmpty()) {
                long ended = clock.offsetMicros();
                long next = round + Math.clamp(ROUND_APART * (ended - round), ROUND_MICROS, ROUND_MICROS_MAX);
                loop.after(TimeUnit.MICROSECONDS.toMillis(next - ended), () -> round(clock));
            }
        }
    }

    /** Nothing more is fed once that is done. */
    CompletableFuture<Void> stop() {
        return CompletableFuture.runAsync(() -> stopped = true, loop::execute);
    }

    void close() {
        loop.execute(() -> stopped = true);
    }
}
