package io.millrace.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysetTest {
    private record Row(long time, int key) {}

    private static final Comparator<Row> ORDER =
            Comparator.comparingLong(Row::time).thenComparingInt(Row::key);
    private static final Keyset<Row> KEYSET = new Keyset<>(ORDER, Row::time);

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 5000})
    void pagesGiveEachRowOnceInOrderHoweverManyShareAnInstant(int limit) throws InterruptedException {
        List<Row> rows = rows();
        var seen = new ArrayList<Row>();
        Row after = null;
        do {
            Row place = after;
            Keyset.Page<Row> page = KEYSET.page(max -> first(rows, place, max), place, limit);
            assertThat(page.rows()).hasSizeLessThanOrEqualTo(limit);
            seen.addAll(page.rows());
            after = page.last();
        } while (after != null);
        assertThat(seen).isEqualTo(rows.stream().sorted(ORDER).toList());
    }

    /** What the store does: orders by time alone, from the instant of the place on. */
    private static List<Row> first(List<Row> rows, @Nullable Row place, int max) {
        return rows.stream()
                .filter(r -> place == null || r.time >= place.time)
                .sorted(Comparator.comparingLong(Row::time))
                .limit(max)
                .toList();
    }

    private static List<Row> rows() {
        var random = new SplittableRandom(3);
        var rows = new ArrayList<Row>();
        int key = 0;
        for (long time = 0; time < 40; time++) {
            int together = time == 20 ? 1500 : random.nextInt(4);
            for (int i = 0; i < together; i++) {
                rows.add(new Row(time, key++));
            }
        }
        Collections.shuffle(rows, new Random(3));
        return rows;
    }
}
