package io.millrace.agent.uplink;

import io.millrace.agent.spool.Cursor;
import io.millrace.agent.spool.LaneSpool;
import io.millrace.agent.spool.Position;
import io.millrace.agent.spool.Spooled;
import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What one lane has to send: fresh events by a live cursor, older ones out of the backlog, which ends where the live one
 * began. Fresh is what was appended within {@link #FRESH}; a live cursor that falls behind that jumps to the end and
 * leaves the rest to the other. The uplink's thread owns it.
 */
final class LaneFeed {
    static final Duration FRESH = Duration.ofSeconds(5);

    /** Estimated generously, so that a message stays well below its limit. */
    static final int BATCH_BYTES_MAX = 192 * 1024;

    private static final Position OPEN_END = new Position(Long.MAX_VALUE, 0);

    /** One that waits for room in the window is due already; receipts, which make room, are signals of their own. */
    private static final long LOOK_NANOS_MIN = Duration.ofMillis(1).toNanos();

    private static final long MARK_NANOS = Duration.ofSeconds(1).toNanos();

    private final LaneSpool lane;
    private final int rank;
    private final Deque<Mark> marks = new ArrayDeque<>();
    private Cursor live;
    private final Backlog backlog;
    private int historyDue;
    private long liveStartSequence;
    private long liveRead;
    private long lingersSinceNanos;
    private boolean lingers;
    private long gapsVersion;

    /** Where the spool ended at an instant, and the last sequence before that place. */
    private record Mark(long atNanos, Position end, long sequence) {}

    LaneFeed(LaneSpool lane, int rank, boolean newestFirst, long nowNanos) {
        this.lane = lane;
        this.rank = rank;
        marks.add(new Mark(nowNanos, lane.epochStart(), 0));
        live = lane.cursor(lane.epochStart());
        backlog = new Backlog(lane, newestFirst);
        rewind();
    }

    LaneSpool lane() {
        return lane;
    }

    int rank() {
        return rank;
    }

    /** Begins anew on a new connection: what is not settled is sent again, what is fresh of it by the live cursor. */
    void rewind() {
        close();
        startLiveAt(marks.getFirst());
        backlog.restart(marks.getFirst().end());
        historyDue = 0;
        gapsVersion = -1;
    }

    private void startLiveAt(Mark start) {
        live.close();
        live = lane.cursor(start.end());
        liveStartSequence = start.sequence();
        liveRead = -1;
        lingers = false;
    }

    /** Remembers where the spool ends now and then, connected or not. */
    void mark(long nowNanos) {
        if (nowNanos - marks.getLast().atNanos() >= MARK_NANOS) {
            long sequence = lane.lastSequence();
            lane.flush();
            marks.add(new Mark(nowNanos, lane.end(), sequence));
            while (marks.size() > 1 && nowNanos - second().atNanos() >= FRESH.toNanos()) {
                marks.removeFirst();
            }
            if (live.position().compareTo(marks.getFirst().end()) < 0) {
                startLiveAt(marks.getLast());
                backlog.extend(marks.getLast().end());
            }
        }
    }

    private Mark second() {
        var each = marks.iterator();
        each.next();
        return each.next();
    }

    /**
     * Whether a live batch should be read now: one is full, or its first event has waited long enough.
     *
     * @param lingerNanos how long that is
     */
    boolean isLiveDue(int batchEventsMax, long lingerNanos, long nowNanos) {
        long unread = lane.lastSequence() - liveRead;
        if (unread == 0) {
            return false;
        }
        if (!lingers) {
            lingers = true;
            lingersSinceNanos = nowNanos;
        }
        return unread >= batchEventsMax || liveRead < 0 || nowNanos - lingersSinceNanos >= lingerNanos;
    }

    /** After how long the batch that lingers is due; {@link Long#MAX_VALUE} if there is none. */
    long lingerLeftNanos(long lingerNanos, long nowNanos) {
        return lingers ? Math.max(LOOK_NANOS_MIN, lingersSinceNanos + lingerNanos - nowNanos) : Long.MAX_VALUE;
    }

    /**
     * Has the lane tell of what is not known here yet: a full batch where one lingers, else any event.
     *
     * @return whether it waits for that; if not, it is there already
     */
    boolean rest(int batchEventsMax) {
        return lane.tellOf(Math.max(liveRead, 0) + (lingers ? batchEventsMax : 1));
    }

    Spooled readLive(int batchEventsMax) {
        long last = lane.lastSequence();
        lane.flush();
        Spooled next = live.next(batchEventsMax, BATCH_BYTES_MAX, OPEN_END);
        switch (next) {
            case Spooled.Events events
            when events.stream().epoch() == lane.stream().epoch() -> liveRead = events.lastSequence();
            case Spooled.Nothing _ -> liveRead = last;
            case Spooled.Events _, Spooled.Refused _ -> {}
        }
        lingers = false;
        return next;
    }

    Spooled readBackfill(int batchEventsMax) {
        Spooled next = backlog.next(Math.min(batchEventsMax, EventBatch.EVENTS_MAX), BATCH_BYTES_MAX);
        historyDue = backlog.isRead() ? 0 : Math.max(0, historyDue - 1);
        return next;
    }

    /** Whether the backlog was read to its end, which is where the live cursor began. */
    boolean isBacklogRead() {
        return backlog.isRead();
    }

    /** Events before the live cursor's beginning that have no receipt. */
    long backlogEvents() {
        return lane.backlogUpTo(liveStartSequence);
    }

    /** Messages of the backlog that are to go before the next live one. */
    int historyDue() {
        return historyDue;
    }

    void becomeDue(int messages) {
        historyDue = backlog.isRead() ? 0 : messages;
    }

    /** The lane's gaps, if they changed since the last time; else none. */
    List<Gap> newGaps() {
        long version = lane.gapsVersion();
        if (version == gapsVersion) {
            return List.of();
        }
        gapsVersion = version;
        return lane.gaps();
    }

    void close() {
        live.close();
        backlog.close();
    }
}
