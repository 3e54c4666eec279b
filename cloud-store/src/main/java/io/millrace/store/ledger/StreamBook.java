package io.millrace.store.ledger;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import io.millrace.model.StreamId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The book of one stream: disjoint sets of sequences. Stored wins over a dead letter, both win over a gap. Not
 * thread-safe; the {@link Ledger} guards it.
 */
final class StreamBook {
    private final StreamId stream;
    private final IntervalSet stored = new IntervalSet();
    private final IntervalSet dead = new IntervalSet();
    private final Map<Gap.Reason, IntervalSet> gaps = new EnumMap<>(Gap.Reason.class);
    private IntervalSet held = new IntervalSet();
    private long cut;
    private long retired;
    private long fromMicros = 0;
    private long toMicros = -1;

    StreamBook(StreamId stream) {
        this.stream = stream;
    }

    /** Whether booking these would take one interval too many; what only extends a stored one is always taken. */
    boolean isFullFor(List<Interval> intervals) {
        return intervalCount() + intervals.size() > Ledger.INTERVALS_MAX
                && intervals.stream().anyMatch(i -> !extendsStored(i));
    }

    private boolean extendsStored(Interval i) {
        return (i.first() > 0 && stored.contains(i.first() - 1))
                || (i.last() < Long.MAX_VALUE && stored.contains(i.last() + 1));
    }

    private int intervalCount() {
        int count = stored.intervalCount() + dead.intervalCount();
        for (IntervalSet set : gaps.values()) {
            count += set.intervalCount();
        }
        return count;
    }

    /** The sequences of the interval that are not stored yet. */
    List<Interval> notStored(long first, long last) {
        return stored.missingFrom(first, last);
    }

    /** The sequences of the interval that are neither stored nor dead letters yet. */
    List<Interval> unsettled(long first, long last) {
        var unsettled = new ArrayList<Interval>();
        for (Interval i : stored.missingFrom(first, last)) {
            unsettled.addAll(dead.missingFrom(i.first(), i.last()));
        }
        return unsettled;
    }

    void store(long first, long last) {
        stored.add(first, last);
        dead.remove(first, last);
        gaps.values().forEach(set -> set.remove(first, last));
    }

    void deadLetter(long first, long last) {
        dead.add(first, last);
        gaps.values().forEach(set -> set.remove(first, last));
    }

    /** The sequences of the range that nothing settles or explains yet. */
    List<Interval> unexplained(Interval range) {
        var open = IntervalSet.copyOf(unsettled(range.first(), range.last()));
        gaps.values().forEach(open::removeAll);
        return open.intervals();
    }

    /** Explains sequences; the first reason given for one stands, so they are {@link #unexplained} ones. */
    void gap(Gap.Reason reason, List<Interval> open) {
        gaps.computeIfAbsent(reason, _ -> new IntervalSet()).addAll(open);
    }

    /** Takes the agent's word; beyond the limit of intervals all up to the last one held counts as held. */
    void status(long produced, List<Interval> stillHeld) {
        cut = Math.max(cut, Math.min(produced, Ledger.SEQUENCE_MAX));
        int whole = Math.min(stillHeld.size(), Ledger.INTERVALS_MAX);
        held = IntervalSet.copyOf(stillHeld.subList(0, whole));
        if (whole < stillHeld.size()) {
            held.add(stillHeld.get(whole).first(), stillHeld.getLast().last());
        }
    }

    /** The agent has nothing of this stream any more: all that it produced has arrived, or is missing. */
    void drained() {
        cut = Math.max(cut, highest());
        held = new IntervalSet();
    }

    /** Events were counted whose rows are dropped. */
    void retire(long events) {
        retired = Math.min(stored.count(), retired + events);
    }

    void happened(long from, long to) {
        boolean first = toMicros < fromMicros;
        fromMicros = first ? from : Math.min(fromMicros, from);
        toMicros = first ? to : Math.max(toMicros, to);
    }

    IntervalSet storedCopy() {
        return IntervalSet.copyOf(stored);
    }

    /** What nothing settles or explains. */
    IntervalSet open() {
        long produced = Math.max(cut, highest());
        var open = new IntervalSet();
        if (produced > 0) {
            open.add(1, produced);
        }
        open.removeAll(stored);
        open.removeAll(dead);
        gaps.values().forEach(open::removeAll);
        return open;
    }

    /** What of it the agent stated and does not hold any more. */
    IntervalSet missing(IntervalSet open) {
        var missing = IntervalSet.copyOf(open);
        missing.removeAll(held);
        missing.remove(cut + 1, Long.MAX_VALUE);
        return missing;
    }

    StreamAccount account() {
        long produced = Math.max(cut, highest());
        IntervalSet open = open();
        IntervalSet missing = missing(open);
        return new StreamAccount(
                stream,
                produced,
                stored.count() - retired,
                dead.count(),
                dropped(produced),
                open.count() - missing.count(),
                missing.count(),
                retired,
                fromMicros,
                toMicros);
    }

    /** The highest sequence that is known; the end of an open gap is not. */
    private long highest() {
        long highest = Math.max(last(stored), last(dead));
        highest = Math.max(highest, last(held));
        for (IntervalSet set : gaps.values()) {
            highest = Math.max(highest, last(set));
        }
        return highest;
    }

    private static long last(IntervalSet set) {
        long last = 0;
        for (Interval i : set) {
            last = i.isOpenEnded() ? Math.max(last, i.first() - 1) : i.last();
        }
        return last;
    }

    private Map<Gap.Reason, Long> dropped(long produced) {
        var dropped = new EnumMap<Gap.Reason, Long>(Gap.Reason.class);
        gaps.forEach((reason, set) -> {
            if (!set.isEmpty()) {
                var known = IntervalSet.copyOf(set);
                known.remove(produced + 1, Long.MAX_VALUE);
                dropped.put(reason, known.count());
            }
        });
        return dropped;
    }

    void write(DataOutput out) throws IOException {
        write(out, stored);
        write(out, dead);
        write(out, held);
        out.writeByte(gaps.size());
        for (Map.Entry<Gap.Reason, IntervalSet> e : gaps.entrySet()) {
            out.writeUTF(e.getKey().label());
            write(out, e.getValue());
        }
        out.writeLong(cut);
        out.writeLong(retired);
        out.writeLong(fromMicros);
        out.writeLong(toMicros);
    }

    static StreamBook read(StreamId stream, DataInput in) throws IOException {
        var book = new StreamBook(stream);
        book.stored.addAll(intervals(in));
        book.dead.addAll(intervals(in));
        book.held.addAll(intervals(in));
        int reasons = in.readUnsignedByte();
        for (int i = 0; i < reasons; i++) {
            book.gaps.put(Gap.Reason.ofLabel(in.readUTF()), IntervalSet.copyOf(intervals(in)));
        }
        book.cut = in.readLong();
        book.retired = in.readLong();
        book.fromMicros = in.readLong();
        book.toMicros = in.readLong();
        return book;
    }

    private static void write(DataOutput out, IntervalSet set) throws IOException {
        out.writeInt(set.intervalCount());
        for (Interval i : set) {
            out.writeLong(i.first());
            out.writeLong(i.last());
        }
    }

    private static List<Interval> intervals(DataInput in) throws IOException {
        int count = in.readInt();
        var intervals = new ArrayList<Interval>();
        for (int i = 0; i < count; i++) {
            intervals.add(new Interval(in.readLong(), in.readLong()));
        }
        return intervals;
    }
}
