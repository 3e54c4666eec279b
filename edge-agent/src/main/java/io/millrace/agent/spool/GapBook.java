package io.millrace.agent.spool;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The gaps that are declared and not settled yet. Neighbours of one epoch and reason are joined. At its limit the two of
 * one epoch that are nearest to each other become one: it then claims too much, which does no harm since what is stored
 * wins over a gap. Guarded by the lane's lock.
 */
final class GapBook {
    static final int GAPS_MAX = 1000;

    private final List<Gap> gaps = new ArrayList<>();
    private final List<Gap> unwritten = new ArrayList<>();
    private long version;

    /** Declares a gap; it is to be written with the next block. */
    void declare(Gap gap) {
        Gap joined = insert(gap);
        unwritten.removeIf(other -> isWithin(other, joined));
        unwritten.add(joined);
    }

    /** Takes in a gap that was found on disk. */
    void restore(Gap gap) {
        insert(gap);
    }

    private Gap insert(Gap gap) {
        Gap joined = gap;
        for (int i = gaps.size() - 1; i >= 0; i--) {
            if (touches(gaps.get(i), joined)) {
                joined = join(gaps.remove(i), joined);
                i = gaps.size();
            }
        }
        gaps.add(joined);
        version++;
        if (gaps.size() > GAPS_MAX) {
            joinNearest();
        }
        return joined;
    }

    private void joinNearest() {
        Gap last = gaps.getLast();
        int nearest = -1;
        long distance = Long.MAX_VALUE;
        for (int i = 0; i < gaps.size() - 1; i++) {
            Gap other = gaps.get(i);
            long d = Math.abs(other.range().first() - last.range().first());
            if (isOfOne(other, last) && d <= distance) {
                nearest = i;
                distance = d;
            }
        }
        if (nearest >= 0) {
            gaps.removeLast();
            Gap joined = join(gaps.remove(nearest), last);
            gaps.add(joined);
            unwritten.add(joined);
        }
    }

    private static boolean isOfOne(Gap a, Gap b) {
        return a.stream().epoch() == b.stream().epoch() && a.reason() == b.reason();
    }

    private static boolean touches(Gap a, Gap b) {
        return isOfOne(a, b)
                && (b.range().isOpenEnded() || a.range().first() <= b.range().last() + 1)
                && (a.range().isOpenEnded() || b.range().first() <= a.range().last() + 1);
    }

    private static boolean isWithin(Gap inner, Gap outer) {
        return isOfOne(inner, outer)
                && outer.range().first() <= inner.range().first()
                && outer.range().last() >= inner.range().last();
    }

    private static Gap join(Gap a, Gap b) {
        var range = new Interval(
                Math.min(a.range().first(), b.range().first()),
                Math.max(a.range().last(), b.range().last()));
        return new Gap(
                b.stream(),
                range,
                b.reason(),
                Math.min(a.fromMicros(), b.fromMicros()),
                Math.max(a.toMicros(), b.toMicros()));
    }

    /** All that are not settled, in the order in which they were declared. */
    List<Gap> pending() {
        return List.copyOf(gaps);
    }

    /** Those that no segment holds yet. */
    List<Gap> unwritten() {
        return unwritten;
    }

    void written() {
        unwritten.clear();
    }

    /** Changes whenever {@link #pending} does. */
    long version() {
        return version;
    }

    /** Forgets those that are settled. */
    void removeIf(Predicate<Gap> settled) {
        if (gaps.removeIf(settled)) {
            version++;
            unwritten.removeIf(settled);
        }
    }

    boolean isEmpty() {
        return gaps.isEmpty();
    }

    /** The sequences of an epoch that are declared. */
    List<Interval> rangesOf(long epoch) {
        return gaps.stream()
                .filter(gap -> gap.stream().epoch() == epoch)
                .map(Gap::range)
                .toList();
    }
}
