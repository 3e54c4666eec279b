package io.millrace.model.wire;

import io.millrace.model.Interval;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent says of itself: the cut at which the ledger compares what was produced with what arrived. Retained on
 * the status topic; the broker publishes one with {@code online} false and no epochs as the agent's last will.
 *
 * @param sentAtMicros wall clock of the agent, microseconds since 1970
 * @param version of the agent's software
 * @param epochs the epochs it still knows: the current one of each lane and older ones that drain
 * @param backlog what waits behind live events; null if the agent does not tell
 */
public record AgentStatus(
        boolean online,
        long sentAtMicros,
        String version,
        List<Epoch> epochs,
        @Nullable Backlog backlog) {
    /** Of an agent that does not tell its backlog. */
    public AgentStatus(boolean online, long sentAtMicros, String version, List<Epoch> epochs) {
        this(online, sentAtMicros, version, epochs, null);
    }

    /**
     * What an agent has to ship besides what it reads at present, all lanes together.
     *
     * @param events that have no receipt and are older than what the agent ships as live, 0 or more
     * @param drainedPerSecond events by which that became less each second of late, 0 if it did not
     */
    public record Backlog(long events, long drainedPerSecond) {
        public Backlog {
            if (events < 0 || drainedPerSecond < 0) {
                throw new IllegalArgumentException("backlog is %d events, drained by %d a second, expected 0 or more"
                        .formatted(events, drainedPerSecond));
            }
        }

        /** Seconds until it is empty, rounded up, if it goes on like that; null if it would never be. */
        public @Nullable Long etaSeconds() {
            if (events == 0) {
                return 0L;
            }
            return drainedPerSecond == 0 ? null : Math.ceilDiv(events, drainedPerSecond);
        }
    }

    /**
     * One epoch of one lane, at one instant.
     *
     * @param produced highest sequence given out
     * @param held sequences the agent still has, not yet settled by a receipt
     */
    public record Epoch(String lane, long epoch, long produced, List<Interval> held) {}
}
