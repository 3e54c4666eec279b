package io.millrace.gateway.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.store.derive.Derivation;
import io.millrace.store.ledger.LedgerView;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The truth about the pipeline at one instant, as JSON shows it.
 *
 * @param mqtt where devices send to
 * @param eventsPerSecond committed to the log, over the last seconds
 * @param receiptDelayMs from a message's arrival to its receipt, over about the last 30 s; null if none came
 * @param position last log entry that is in the read models
 * @param head last log entry
 * @param lagSeconds age of the last entry that windows and alerts know, 0 if they know all
 * @param rebuild what is derived anew, null if nothing is
 * @param rulesRefused mistakes for which {@code rules.yaml}, as it is now, is not followed; empty if it is
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
        double lagSeconds,
        @Nullable Rebuild rebuild,
        List<String> rulesRefused,
        long series,
        long agentsTotal,
        List<Agent> agents,
        Totals ledger,
        Plain plain) {
    public static final int AGENTS_MAX = 50;

    /**
     * @param what events, ledger or windows
     * @param position derived so far
     * @param until where it ends; grows with the log while what is live goes on
     * @param eventsPerSecond over the last seconds
     * @param etaSeconds null if that cannot be said yet
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Rebuild(
            String what,
            long position,
            long until,
            double eventsPerSecond,
            @Nullable Double etaSeconds) {
        public static Rebuild of(Derivation.Rebuild rebuild) {
            return new Rebuild(
                    rebuild.target().name().toLowerCase(Locale.ROOT),
                    rebuild.position(),
                    rebuild.until(),
                    rebuild.eventsPerSecond(),
                    Double.isNaN(rebuild.secondsLeft()) ? null : rebuild.secondsLeft());
        }
    }

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
