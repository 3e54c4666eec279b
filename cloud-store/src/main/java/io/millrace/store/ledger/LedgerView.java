package io.millrace.store.ledger;

import io.millrace.model.Interval;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A consistent look into the ledger: copies, taken between two entries. Any thread; takes a short lock. */
public interface LedgerView {
    /** The accounts of all streams of agents that match, without plain devices; ordered by site, agent, lane, epoch. */
    List<StreamAccount> streams(Predicate<StreamAccount> filter);

    /** Like {@link #streams}, with the sequences that nothing settles or explains. */
    List<Open> open(Predicate<StreamAccount> filter);

    /**
     * @param missing stated by the agent and explained by nobody
     * @param waiting the agent says it still has them, or they are above what it stated last
     */
    record Open(StreamAccount account, List<Interval> missing, List<Interval> waiting) {}

    /** All agents that ever sent a status; ordered by site and agent. */
    List<AgentState> agents();

    /** Of all plain devices together. */
    PlainAccount plain();

    /**
     * Event time, microseconds since 1970, below which nothing is stored any more; {@link Long#MIN_VALUE} if there is
     * no such time.
     */
    long floorMicros();

    /** Like {@link #floorMicros}, of what is counted as retired already: its rows may be dropped. */
    long retiredMicros();

    /** The last position that is in these books. */
    long position();

    /**
     * Entries that could not be booked, because their stream was at its limit of 10 000 intervals or 200 000 streams
     * have books already; in the whole log.
     */
    long overLimit();

    /**
     * @param online what the agent said last, or its last will
     * @param sentAtMicros the agent's clock in its last status
     * @param version of its software
     * @param seenMicros commit time of that status
     */
    record AgentState(String site, String agent, boolean online, long sentAtMicros, String version, long seenMicros) {}

    /**
     * @param events folded as new
     * @param collapsed repeats of a reading within the last 100 000
     * @param brokerDropped messages that the broker says it dropped
     * @param deadLettered messages that were no reading, or one that is not fit
     * @param retired of {@code events}, those whose rows were dropped for their age
     * @param lastSeenMicros commit time of the last one, if there is any
     */
    record PlainAccount(
            long events,
            long collapsed,
            long brokerDropped,
            long deadLettered,
            long retired,
            Optional<Long> lastSeenMicros) {}
}
