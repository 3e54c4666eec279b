package io.millrace.agent.uplink;

import io.millrace.agent.spool.Cursor;
import io.millrace.agent.spool.LaneSpool;
import io.millrace.agent.spool.Position;
import io.millrace.agent.spool.Spooled;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a lane holds before its live cursor: oldest first, or file by file from the newest one back, each file
 * from its beginning. The uplink's thread owns it.
 */
final class Backlog {
    private final LaneSpool lane;
    private final boolean newestFirst;
    private Cursor cursor;
    private Position end = Position.START;
    private boolean read;

    Backlog(LaneSpool lane, boolean newestFirst) {
        this.lane = lane;
        this.newestFirst = newestFirst;
        this.cursor = lane.cursor(Position.START);
    }

    /** Begins anew: what is not settled before this place is read again. */
    void restart(Position newEnd) {
        close();
        read = false;
        end = newEnd;
        Position start = newestFirst ? lane.segmentStartBefore(newEnd) : Position.START;
        cursor = lane.cursor(start == null ? newEnd : start);
    }

    /** There is more of it now: the live cursor went ahead to this place. */
    void extend(Position newEnd) {
        if (newestFirst) {
            restart(newEnd);
        } else {
            end = newEnd;
            read = false;
        }
    }

    /** Whether all of it was read since the last {@link #restart} or {@link #extend}. */
    boolean isRead() {
        return read;
    }

    Spooled next(int eventsMax, int bytesMax) {
        while (!read) {
            Spooled next = cursor.next(eventsMax, bytesMax, end);
            if (!(next instanceof Spooled.Nothing) || cursor.isFailing()) {
                return next;
            }
            read = !newestFirst || !stepBack();
        }
        return new Spooled.Nothing();
    }

    /** Goes to the file before the one that was read; returns whether there is one. */
    private boolean stepBack() {
        @Nullable Position readFrom = lane.segmentStartBefore(end);
        @Nullable Position before = readFrom == null ? null : lane.segmentStartBefore(readFrom);
        if (readFrom == null || before == null) {
            return false;
        }
        cursor.close();
        cursor = lane.cursor(before);
        end = readFrom;
        return true;
    }

    void close() {
        cursor.close();
    }
}
