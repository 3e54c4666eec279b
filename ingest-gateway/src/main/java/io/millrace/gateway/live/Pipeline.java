package io.millrace.gateway.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.store.ledger.LedgerView;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The truth about the pipeline at one instant, as JSON shows it.
 *
 * @param mqtt where devices send to
 * @param eventsPerSecond committed to the log, over the last seconds
 * @param receiptDelayMs from a message's arrival to its receipt, over about the last 30 s; null if none came
 * @param position last log entry that is in the read models
 * @param head last log entry
 * @param series known series
 * @param agents those with the largest backlog first, at most {@value #AGENTS_MAX} of {@code agentsTotal}
 * @param ledger of all agents together
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Pipeline(
        Instant asOf,
        String mqtt,
        double eventsPerSecond,
        @Nullable Delay receiptDelayMs,
        long position,
        long head,
        long series,
        long agentsTotal,
        List<Agent> agents,
        Totals ledger,
        Plain plain) {
    public static final int AGENTS_MAX = 50;

    /** Milliseconds. */
    public record Delay(double p50, double p99) {}

    /**
     * @param backlog readings that the agent still holds
     * @param drainPerSecond by how much that shrinks, over up to a minute; null if it does not
     * @param etaSeconds until it is empty at that rate; null if that cannot be said
     */
    public record Agent(
            String site,
            String agent,
            boolean online,
            long backlog,
            @Nullable Double drainPerSecond,
            @Nullable Double etaSeconds) {}

    /** {@code produced = stored + dead_lettered + gaps + waiting + missing + retired}. */
    public record Totals(
            long produced, long stored, long deadLettered, long gaps, long waiting, long missing, long retired) {}

    /** Of plain devices, which do not number their readings. */
    public record Plain(long stored, long collapsed, long brokerDropped, long deadLettered, long retired) {
        public static Plain of(LedgerView.PlainAccount account) {
            return new Plain(
                    account.events() - account.retired(),
                    account.collapsed(),
                    account.brokerDropped(),
                    account.deadLettered(),
                    account.retired());
        }
    }
}
