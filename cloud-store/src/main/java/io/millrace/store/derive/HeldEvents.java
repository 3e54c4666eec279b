package io.millrace.store.derive;

import java.util.ArrayDeque;

/**
 * Events that are folded and wait for earlier ones before they are written to their table, so that each commit begins
 * where the one before has ended: then applying it only appends, where it would rewrite the end of the table. As columns
 * they take some 30 bytes each. One thread owns it.
 */
final class HeldEvents {
    /** With more, all are to be written: 30 MB. */
    static final long EVENTS_MAX = 1_000_000;

    private final Rows rows;
    private ArrayDeque<Held> held = new ArrayDeque<>();
    private long events;
    private long upToMicros = Long.MAX_VALUE;

    /** Events of one entry, the latest of which happened and all of which were logged then, microseconds since 1970. */
    private record Held(Fresh fresh, long toMicros, long loggedMicros) {}

    HeldEvents(Rows rows) {
        this.rows = rows;
    }

    /**
     * Writes them, or holds them if any is later than what is released.
     *
     * @param toMicros the latest one's time
     * @param loggedMicros when they were logged
     */
    void add(Fresh fresh, long toMicros, long loggedMicros) {
        if (toMicros <= upToMicros) {
            write(fresh);
        } else {
            held.add(new Held(fresh, toMicros, loggedMicros));
            events += fresh.size();
        }
    }

    /** Writes what is first and not later than that; what is behind later ones has time until {@link #writeReleased}. */
    void release(long micros) {
        upToMicros = micros;
        for (Held first = held.peek(); first != null && first.toMicros <= micros; first = held.peek()) {
            held.remove();
            events -= first.fresh.size();
            write(first.fresh);
        }
    }

    /** Writes all that is not later than what is released, or was logged up to then, whatever its time. */
    void writeReleased(long loggedUpToMicros) {
        var left = new ArrayDeque<Held>(held.size());
        events = 0;
        for (Held one : held) {
            if (one.toMicros <= upToMicros || one.loggedMicros <= loggedUpToMicros) {
                write(one.fresh);
                continue;
            }
            write(one.fresh.upTo(upToMicros));
            Fresh later = one.fresh.after(upToMicros);
            if (later.size() > 0) {
                left.add(new Held(later, one.toMicros, one.loggedMicros));
                events += later.size();
            }
        }
        held = left;
    }

    private void write(Fresh fresh) {
        if (fresh.size() > 0) {
            rows.events(fresh, Long.MIN_VALUE);
        }
    }

    /** Forgets what is held. */
    void discard() {
        held.clear();
        events = 0;
    }

    /** Events that are held. */
    long events() {
        return events;
    }

    /** The last position before the first one of which an event is held; {@code position} if none is. */
    long writtenTo(long position) {
        Held first = held.peek();
        return first == null ? position : first.fresh.position() - 1;
    }
}
