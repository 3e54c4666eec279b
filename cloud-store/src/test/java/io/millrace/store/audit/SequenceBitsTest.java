package io.millrace.store.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Interval;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SequenceBitsTest {
    @Test
    void countsLikeASetAcrossPieces() {
        var random = new SplittableRandom(7);
        var bits = new SequenceBits();
        Set<Long> set = new HashSet<>();
        long repeats = 0;
        for (int i = 0; i < 20_000; i++) {
            long sequence = random.nextLong(1, 200_000);
            bits.add(sequence);
            repeats += set.add(sequence) ? 0 : 1;
        }
        assertThat(bits.repeats()).isEqualTo(repeats);
        for (int i = 0; i < 200; i++) {
            long first = random.nextLong(0, 200_000);
            long last = random.nextLong(first, 200_000);
            long expected = set.stream().filter(s -> s >= first && s <= last).count();
            assertThat(bits.countIn(List.of(new Interval(first, last)))).isEqualTo(expected);
        }
    }
}
