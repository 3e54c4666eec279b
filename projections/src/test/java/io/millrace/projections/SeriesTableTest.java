package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Quality;
import io.millrace.model.Series;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SeriesTableTest {
    @Test
    void findsEachOfManyAlsoWhereHashesAreEqual() {
        var turn = new Turn(Rules.NONE, Limits.DEFAULT);
        var table = new SeriesTable();
        var added = new ArrayList<SeriesState>();
        for (int i = 0; i < 3_000; i++) {
            assertThat(table.get(name(i))).isNull();
            var state = new SeriesState("plant-1", "gw-1", name(i), Plans.ofAgent(turn));
            table.add(state);
            added.add(state);
        }
        assertThat(name(0)).hasSameHashCodeAs(name(1));
        for (int i = 0; i < added.size(); i++) {
            assertThat(table.get(name(i))).isSameAs(added.get(i));
        }
    }

    /** Pairs of one hash: "Aa" and "BB" have the same. */
    private static Series name(int i) {
        return new Series((i % 2 == 0 ? "Aa-" : "BB-") + i / 2, "temperature", "");
    }

    @Test
    void keepsApartWhatHasTheSameNameWhateverTheOrder() {
        record Source(String site, String agent, Series series) {}
        var sources = new ArrayList<Source>();
        for (String site : List.of("plant-1", "plant-2")) {
            for (String agent : List.of("gw-1", "gw-2", "gw-3")) {
                for (int i = 0; i < 20; i++) {
                    sources.add(new Source(site, agent, name(i)));
                }
            }
        }
        var engine = new Engine(Rules.NONE);
        var out = new Recorder();
        var random = new SplittableRandom(1);
        var order = new ArrayList<>(sources);
        for (int second = 0; second <= 60; second++) {
            if (second % 4 == 0) { // else in the order of the last time
                Collections.shuffle(order, random);
            }
            for (Source s : order) {
                long time = Feed.START + second * Feed.SECOND;
                int value = sources.indexOf(s);
                engine.event(second, s.site, s.agent, s.series, time, value, Quality.GOOD, false, false, out);
            }
        }
        assertThat(out.windows).hasSize(120);
        for (ClosedWindow w : out.windows) {
            int value = sources.indexOf(new Source(w.site(), w.agent(), w.series()));
            assertThat(w.values())
                    .extracting(WindowValues::count, WindowValues::min, WindowValues::max)
                    .containsExactly(60L, (double) value, (double) value);
        }
    }
}
