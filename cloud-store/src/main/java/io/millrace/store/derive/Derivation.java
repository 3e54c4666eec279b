package io.millrace.store.derive;

import io.millrace.store.log.LoggedEntry;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Derives everything from the log, in position order, on a thread of its own. Any thread may call these methods; none
 * of them blocks.
 */
public interface Derivation {
    /**
     * Hands over entries right after their commit, in position order. What does not fit (more than
     * {@value #QUEUE_ENTRIES_MAX} entries or {@value #QUEUE_BYTES_MAX} bytes of payload wait already) is left out and
     * read back from the log later: slower, and never lost.
     */
    void offer(List<LoggedEntry> entries);

    int QUEUE_ENTRIES_MAX = 10_000;

    long QUEUE_BYTES_MAX = 64L * 1024 * 1024;

    /**
     * Derives again what {@code target} names, while appends and receipts go on. {@link RebuildTarget#WINDOWS} as {@link
     * #replace} does, by the projection's own rules. The others are dropped first: until it is done, what is live waits,
     * and readers see the table fill; a crash in the middle derives everything again at the next start.
     *
     * @return completes at the position up to which it was rebuilt; exceptionally with {@link IllegalStateException} if
     *     a rebuild is going on already, or the derivation is closed before it ends
     */
    CompletableFuture<Long> rebuild(RebuildTarget target);

    /**
     * Derives the log from position 1 with another projection, in a shadow beside the live one, which goes on; then puts
     * it and its tables in the place of what is live, at one position. Until then nobody sees anything of it. A crash
     * leaves either all of the old or all of the new. A shadow that is under way is given up for this one.
     *
     * @param next has seen nothing yet; afterwards the live projection is {@linkplain Projection#restore restored} from
     *     its snapshot
     * @param tables those that it may fill otherwise; the rest is the same with both, and is left as it is
     * @return completes with the position at which it took over; exceptionally with {@link IllegalStateException} if
     *     another rebuild is going on, it was given up or failed, or the derivation is closed before it ends
     */
    CompletableFuture<Long> replace(Projection next, Set<ProjectionTable> tables);

    Progress progress();

    /** The last value of each series by event time, future ones left out. A copy; no order. */
    List<LatestValue> latest();

    /**
     * @param position last one folded
     * @param positionMicros its commit time, microseconds since 1970; 0 before the first
     * @param committedPosition last one whose rows are committed to their tables
     * @param decidedPosition last one of which that is so of all but events, which may wait for earlier ones or, if they
     *     are late, for more of them
     * @param lateApplying whether late events are being applied, and began alone; what is committed meanwhile waits behind
     *     them
     * @param head last one in the log
     * @param eventsFolded events that were new, since the start of the process
     * @param repeatsFolded events that were seen before, since the start of the process
     * @param leftOut entries that did not fit the queue and were, or will be, read back from the log
     * @param rebuild what is going on, if anything
     * @param failure why the derivation does not get on at the moment; it goes on trying
     */
    record Progress(
            long position,
            long positionMicros,
            long committedPosition,
            long decidedPosition,
            boolean lateApplying,
            long head,
            long eventsFolded,
            long repeatsFolded,
            long leftOut,
            Optional<Rebuild> rebuild,
            Optional<String> failure) {}

    /**
     * @param position folded again so far
     * @param until the position at which it is done; grows with the log if it is a shadow
     * @param eventsPerSecond over the last seconds; 0 if nothing can be said yet
     * @param secondsLeft at the rate of the last seconds; NaN if nothing can be said yet
     */
    record Rebuild(RebuildTarget target, long position, long until, double eventsPerSecond, double secondsLeft) {
        /** Whether what is live goes on meanwhile. */
        public boolean isShadow() {
            return target == RebuildTarget.WINDOWS;
        }
    }
}
