package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalSetTest {
    private static final int SIZE = 200;
    private static final int STEPS = 2000;
    private static final long MAX = Long.MAX_VALUE;

    /** The lowest sequence is {@code origin}, so the same steps run at 0 and up to the highest long there is. */
    @ParameterizedTest(name = "seed {0} from {1}")
    @CsvSource({
        "1, 0",
        "2, 0",
        "3, 1000000",
        "4, 9223372036854775608",
        "5, 9223372036854775608",
        "6, 9223372036854775607"
    })
    void doesWhatABitSetDoes(long seed, long origin) {
        var random = new SplittableRandom(seed);
        var set = new IntervalSet();
        var model = new BitSet();
        for (int step = 0; step < STEPS; step++) {
            int first = random.nextInt(SIZE);
            int last = Math.min(SIZE - 1, first + random.nextInt(random.nextBoolean() ? 3 : 40));
            if (random.nextInt(5) < 3) {
                set.add(origin + first, origin + last);
                model.set(first, last + 1);
            } else {
                set.remove(origin + first, origin + last);
                model.clear(first, last + 1);
            }
            assertSame(set, model, origin, random.nextInt(SIZE), random.nextInt(SIZE));
        }
    }

    private static void assertSame(IntervalSet set, BitSet model, long origin, int a, int b) {
        int first = Math.min(a, b);
        int last = Math.max(a, b);
        List<Interval> expected = intervals(model, origin, 0, SIZE - 1);
        assertThat(set.intervals()).isEqualTo(expected);
        assertThat(set.count()).isEqualTo(model.cardinality());
        assertThat(set.count(origin + first, origin + last))
                .isEqualTo(model.get(first, last + 1).cardinality());
        assertThat(set.intervalCount()).isEqualTo(expected.size());
        assertThat(set.isEmpty()).isEqualTo(model.isEmpty());
        assertThat(set.contains(origin + first)).isEqualTo(model.get(first));
        assertThat(set.containsAll(origin + first, origin + last)).isEqualTo(model.nextClearBit(first) > last);
        var inverse = (BitSet) model.clone();
        inverse.flip(0, SIZE);
        assertThat(set.missingFrom(origin + first, origin + last)).isEqualTo(intervals(inverse, origin, first, last));
        assertThat(IntervalSet.copyOf(set.intervals())).isEqualTo(set).hasSameHashCodeAs(set);
    }

    private static List<Interval> intervals(BitSet bits, long origin, int from, int to) {
        var intervals = new ArrayList<Interval>();
        for (int first = bits.nextSetBit(from); first >= 0 && first <= to; ) {
            int last = Math.min(to, bits.nextClearBit(first) - 1);
            intervals.add(new Interval(origin + first, origin + last));
            first = bits.nextSetBit(last + 1);
        }
        return intervals;
    }

    @Test
    void joinsAcrossAnOpenEnd() {
        var set = IntervalSet.of(new Interval(10, MAX), new Interval(5, 8));
        set.add(9, 9);
        assertThat(set.intervals()).containsExactly(new Interval(5, MAX));
        assertThat(set.contains(MAX)).isTrue();
        assertThat(set.missingFrom(0, MAX)).containsExactly(new Interval(0, 4));
    }

    @Test
    void cutsAnOpenEnd() {
        var set = IntervalSet.of(new Interval(0, MAX));
        set.remove(5, 7);
        set.remove(MAX, MAX);
        assertThat(set.intervals()).containsExactly(new Interval(0, 4), new Interval(8, MAX - 1));
        set.remove(0, MAX);
        assertThat(set.isEmpty()).isTrue();
    }

    @Test
    void countsToTheLargestLongAndNoFurther() {
        assertThat(IntervalSet.of(new Interval(0, MAX)).count()).isEqualTo(MAX);
        assertThat(IntervalSet.of(new Interval(1, MAX)).count()).isEqualTo(MAX);
        assertThat(IntervalSet.of(new Interval(0, 0), new Interval(2, MAX)).count())
                .isEqualTo(MAX);
        assertThat(IntervalSet.of(new Interval(0, 0), new Interval(3, MAX)).count())
                .isEqualTo(MAX - 1);
    }

    @Test
    void refusesIntervalsThatAreNone() {
        var set = new IntervalSet();
        assertThatThrownBy(() -> set.add(5, 4)).hasMessageContaining("5 to 4");
        assertThatThrownBy(() -> set.add(-1, 4)).hasMessageContaining("-1 to 4");
        assertThat(set.isEmpty()).isTrue();
    }

    @Test
    void millionConsecutiveSequencesCostOneEntry() {
        var set = new IntervalSet();
        for (long sequence = 1_000_000; sequence > 0; sequence--) {
            set.add(sequence, sequence);
        }
        assertThat(set.intervals()).containsExactly(new Interval(1, 1_000_000));
    }
}
