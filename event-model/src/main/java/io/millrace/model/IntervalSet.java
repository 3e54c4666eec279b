package io.millrace.model;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A set of sequences kept as disjoint intervals that do not touch: a million consecutive sequences cost one entry.
 * Operations on one interval take O(log n) and O(k) for the k intervals that they join. Mutable, not thread-safe.
 */
public final class IntervalSet implements Iterable<Interval> {
    private final NavigableMap<Long, Long> lastByFirst = new TreeMap<>();

    public static IntervalSet of(Interval... intervals) {
        return copyOf(List.of(intervals));
    }

    public static IntervalSet copyOf(Iterable<Interval> intervals) {
        var set = new IntervalSet();
        intervals.forEach(set::add);
        return set;
    }

    /** Adds all sequences of the interval; what is there already stays. */
    public void add(Interval interval) {
        add(interval.first(), interval.last());
    }

    /**
     * Like {@link #add(Interval)} without the object.
     *
     * @throws IllegalArgumentException if not 0 <= first <= last
     */
    public void add(long first, long last) {
        Interval.check(first, last);
        long newFirst = first;
        long newLast = last;
        Map.Entry<Long, Long> before = lastByFirst.floorEntry(first);
        if (before != null && before.getValue() >= first - 1) {
            if (before.getValue() >= last) {
                return;
            }
            newFirst = before.getKey();
        }
        Map.Entry<Long, Long> next = lastByFirst.ceilingEntry(newFirst);
        while (next != null && (newLast == Long.MAX_VALUE || next.getKey() <= newLast + 1)) {
            newLast = Math.max(newLast, next.getValue());
            lastByFirst.remove(next.getKey());
            next = lastByFirst.ceilingEntry(newFirst);
        }
        lastByFirst.put(newFirst, newLast);
    }

    public void addAll(Iterable<Interval> intervals) {
        intervals.forEach(this::add);
    }

    /** Takes all sequences of the interval out. */
    public void remove(long first, long last) {
        Map.Entry<Long, Long> before = lastByFirst.lowerEntry(first);
        if (before != null && before.getValue() >= first) {
            lastByFirst.put(before.getKey(), first - 1);
            if (before.getValue() > last) {
                lastByFirst.put(last + 1, before.getValue());
                return;
            }
        }
        Map.Entry<Long, Long> next = lastByFirst.ceilingEntry(first);
        while (next != null && next.getKey() <= last) {
            lastByFirst.remove(next.getKey());
            if (next.getValue() > last) {
                lastByFirst.put(last + 1, next.getValue());
            }
            next = lastByFirst.ceilingEntry(first);
        }
    }

    public void removeAll(Iterable<Interval> intervals) {
        intervals.forEach(i -> remove(i.first(), i.last()));
    }

    public boolean contains(long sequence) {
        Map.Entry<Long, Long> at = lastByFirst.floorEntry(sequence);
        return at != null && at.getValue() >= sequence;
    }

    /** Whether every sequence from {@code first} to {@code last} is in the set. */
    public boolean containsAll(long first, long last) {
        Map.Entry<Long, Long> at = lastByFirst.floorEntry(first);
        return at != null && at.getValue() >= last;
    }

    /** The sequences from {@code first} to {@code last} that are not in the set, in ascending order. */
    public List<Interval> missingFrom(long first, long last) {
        var missing = new ArrayList<Interval>();
        long next = first;
        Long start = lastByFirst.floorKey(first);
        for (Map.Entry<Long, Long> e :
                lastByFirst.tailMap(start == null ? first : start, true).entrySet()) {
            if (e.getKey() > last) {
                break;
            }
            if (e.getKey() > next) {
                missing.add(new Interval(next, e.getKey() - 1));
            }
            if (e.getValue() >= last) {
                return missing;
            }
            next = Math.max(next, e.getValue() + 1);
        }
        if (next <= last) {
            missing.add(new Interval(next, last));
        }
        return missing;
    }

    /** How many sequences are in the set; saturates at {@link Long#MAX_VALUE}. */
    public long count() {
        long count = 0;
        for (Interval i : this) {
            count += i.count();
            if (count < 0 || i.count() == Long.MAX_VALUE) {
                return Long.MAX_VALUE;
            }
        }
        return count;
    }

    /** How many of the sequences from {@code first} to {@code last} are in the set. */
    public long count(long first, long last) {
        long count = 0;
        Long start = lastByFirst.floorKey(first);
        for (Map.Entry<Long, Long> e :
                lastByFirst.tailMap(start == null ? first : start, true).entrySet()) {
            if (e.getKey() > last) {
                break;
            }
            count += Math.max(0, Math.min(e.getValue(), last) - Math.max(e.getKey(), first) + 1);
        }
        return count;
    }

    /** How many intervals it takes to say the set. */
    public int intervalCount() {
        return lastByFirst.size();
    }

    public boolean isEmpty() {
        return lastByFirst.isEmpty();
    }

    /** The intervals in ascending order, a copy. */
    public List<Interval> intervals() {
        var intervals = new ArrayList<Interval>(lastByFirst.size());
        forEach(intervals::add);
        return intervals;
    }

    @Override
    public Iterator<Interval> iterator() {
        Iterator<Map.Entry<Long, Long>> entries = lastByFirst.entrySet().iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public Interval next() {
                Map.Entry<Long, Long> e = entries.next();
                return new Interval(e.getKey(), e.getValue());
            }
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IntervalSet set && set.lastByFirst.equals(lastByFirst);
    }

    @Override
    public int hashCode() {
        return lastByFirst.hashCode();
    }

    @Override
    public String toString() {
        return intervals().toString();
    }
}
