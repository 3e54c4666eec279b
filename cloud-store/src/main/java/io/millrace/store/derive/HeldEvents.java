package io.millrace.store.derive;

import io.millrace.model.EventBatch;
import java.util.ArrayDeque;

/**
 * Events that are folded and wait for earlier ones before they are written to their table, so that each commit begins
 * where the one before has ended: then applying it only appends, where it would rewrite the end of the table. One thread
 * owns it.
 */
final class HeldEvents {
    /** Memory from which on all are to be written: about a million numbers, or a few thousand of the longest texts. */
    static final long BYTES_MAX = 64L << 20;

    /** What an event takes as columns, without its text, … */
    private static final int EVENT_BYTES = 40;

    /** … and an entry beside its events. */
    private static final int ENTRY_BYTES = 512;

    private final Rows rows;
    private ArrayDeque<Held> held = new ArrayDeque<>();
    private long events;
    private long bytes;
    private long upToMicros = Long.MAX_VALUE;

    /**
     * Events of one entry, which happened in that time and were logged then, microseconds since 1970.
     *
     * @param bytes what the entry takes, as long as any of its events is held
     */
    private record Held(Fresh fresh, long fromMicros, long toMicros, long loggedMicros, long bytes) {}

    HeldEvents(Rows rows) {
        this.rows = rows;
    }

    /**
     * Writes them, or holds them if any is later than what is released.
     *
     * @param fromMicros the earliest one's time
     * @param toMicros the latest one's
     * @param loggedMicros when they were logged
     */
    void add(Fresh fresh, long fromMicros, long toMicros, long loggedMicros) {
        if (toMicros <= upToMicros) {
            write(fresh);
        } else {
            keep(held, new Held(fresh, fromMicros, toMicros, loggedMicros, bytes(fresh)));
        }
    }

    /** Writes what is first and not later than that; what is behind later ones has time until {@link #writeReleased}. */
    void release(long micros) {
        upToMicros = micros;
        for (Held first = held.peek(); first != null && first.toMicros <= micros; first = held.peek()) {
            held.remove();
            events -= first.fresh.size();
            bytes -= first.bytes;
            write(first.fresh);
        }
    }

    /** Writes all that is not later than what is released, or was logged up to then, whatever its time. */
    void writeReleased(long loggedUpToMicros) {
        var left = new ArrayDeque<Held>(held.size());
        events = 0;
        bytes = 0;
        for (Held one : held) {
            if (one.toMicros <= upToMicros || one.loggedMicros <= loggedUpToMicros) {
                write(one.fresh);
            } else if (one.fromMicros > upToMicros) {
                keep(left, one);
            } else {
                write(one.fresh.upTo(upToMicros));
                keepLater(left, one);
            }
        }
        held = left;
    }

    private void keep(ArrayDeque<Held> where, Held one) {
        where.add(one);
        events += one.fresh.size();
        bytes += one.bytes;
    }

    private void keepLater(ArrayDeque<Held> where, Held one) {
        Fresh later = one.fresh.after(upToMicros);
        if (later.size() > 0) {
            keep(where, new Held(later, upToMicros + 1, one.toMicros, one.loggedMicros, one.bytes));
        }
    }

    /** About what an entry takes in memory. */
    static long bytes(Fresh fresh) {
        EventBatch all = fresh.events();
        long sum = ENTRY_BYTES + fresh.payloadBytes() + (long) EVENT_BYTES * all.size();
        for (int i = 0; i < all.size(); i++) {
            String text = all.text(i);
            sum += text == null ? 0 : text.length();
        }
        return sum;
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
        bytes = 0;
    }

    /** Whether they take more memory than they should. */
    boolean isFull() {
        return bytes >= BYTES_MAX;
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
