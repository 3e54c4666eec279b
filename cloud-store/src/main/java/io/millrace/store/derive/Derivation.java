package io.millrace.store.derive;

import io.millrace.store.log.LoggedEntry;
import java.util.List;
import java.util.Optional;
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
     * Drops and derives again what {@code target} names, while appends and receipts go on. Until it is done, what is
     * live waits; readers see the table fill. A crash in the middle derives everything again at the next start.
     *
     * @return completes at the position up to which it was rebuilt; exceptionally with {@link IllegalStateException} if
     *     a rebuild is going on already, or the derivation is closed before it ends
     */
    CompletableFuture<Long> rebuild(RebuildTarget target);

    Progress progress();

    /** The last value of each series by event time, future ones left out. A copy; no order. */
    List<LatestValue> latest();

    /**
     * @param position last one folded
     * @param committedPosition last one whose rows are committed to their tables
     * @param head last one in the log
     * @param eventsFolded events that were new, since the start of the process
     * @param repeatsFolded events that were seen before, since the start of the process
     * @param leftOut entries that did not fit the queue and were, or will be, read back from the log
     * @param rebuild what is going on, if anything
     * @param failure why the derivation does not get on at the moment; it goes on trying
     */
    record Progress(
            long position,
            long committedPosition,
            long head,
            long eventsFolded,
            long repeatsFolded,
            long leftOut,
            Optional<Rebuild> rebuild,
            Optional<String> failure) {}

    /**
     * @param position folded again so far
     * @param until the position at which it is done
     */
    record Rebuild(RebuildTarget target, long position, long until) {}
}
