package io.millrace.simulator.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.millrace.simulator.fault.Episode.Kind;
import io.millrace.simulator.fault.Faults.Reorder;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.Signal;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private static final long HOUR_MICROS = 3_600_000_000L;

    private static Faults random(Kind... kinds) {
        var random = new RandomEpisodes(0, List.of(kinds), 10, 20_000_000, 0.5, 4_000, 300);
        return new Faults(List.of(), List.of(random), 0, Reorder.NONE, 0);
    }

    @Test
    void drawsTheSameEpisodesForTheSameSeedAndOthersForAnotherOne() {
        List<Episode> drawn = random(Kind.values()).drawn(7, HOUR_MICROS).episodes();
        assertThat(random(Kind.values()).drawn(7, HOUR_MICROS).episodes()).isEqualTo(drawn);
        assertThat(random(Kind.values()).drawn(8, HOUR_MICROS).episodes()).isNotEqualTo(drawn);
        assertThat(random(Kind.values()).drawn(7, HOUR_MICROS / 2).episodes())
                .isEqualTo(drawn.stream()
                        .filter(episode -> episode.atMicros() < HOUR_MICROS / 2)
                        .toList());
    }

    @Test
    void drawsAsManyEpisodesAsTheRateSaysOfAllKindsWithinTheirLimits() {
        List<Episode> drawn = random(Kind.values()).drawn(7, HOUR_MICROS).episodes();
        assertThat(drawn.size()).isBetween(500, 700);
        assertThat(drawn).extracting(Episode::index).doesNotHaveDuplicates();
        assertThat(drawn).extracting(Episode::kind).contains(Kind.values());
        assertThat(drawn).allSatisfy(episode -> {
            assertThat(episode.share()).isBetween(0.0, 0.5);
            assertThat(episode.lengthMicros()).isBetween(0L, 20_000_000L);
        });
        assertThat(drawn.stream().mapToDouble(Episode::share).average().orElseThrow())
                .isCloseTo(0.25, within(0.03));
    }

    @Test
    void leavesOutWhatWouldBeginAfterTheEnd() {
        var late = new Episode(0, Kind.OUTAGE, 60_000_000, 1, 1, 0, 0);
        var last = new Episode(1, Kind.OUTAGE, 59_999_999, 1, 1, 0, 0);
        var given = new Faults(List.of(late, last), List.of(), 0, Reorder.NONE, 0);
        assertThat(given.lateEpisodes(60_000_000)).isEqualTo(1);
        Faults faults = given.drawn(1, 60_000_000);
        assertThat(faults.episodes()).containsExactly(last);
        assertThat(faults.endMicros()).isEqualTo(60_000_000);
    }

    @Test
    void holdsBackByDefaultAsManyReadingsAndBatchesAsTheTimeSeriesBenchmarkSuite() {
        var faults = new Faults(List.of(), List.of(), 0, Reorder.asInTsbs(5_000_000), 0);
        assertThat(heldBack(faults, Transport.PLAIN)).isCloseTo(0.3, within(0.01));
        assertThat(heldBack(faults, Transport.AGENT)).isCloseTo(0.05, within(0.005));
    }

    private static double heldBack(Faults faults, Transport transport) {
        var metric = new Metric("on", "", new Signal.OnOff(60, 0.5));
        var fleet = new Fleet(0, "dev", transport, 1, 1, List.of(metric), 1, 0);
        return LongStream.range(0, 20_000)
                        .filter(n -> faults.heldBackMicros(7, fleet, 0, n) > 0)
                        .count()
                / 20_000.0;
    }

    @Test
    void refusesAHerdThatWouldNotComeAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Episode(0, Kind.HERD, 0, Episode.HERD_MICROS_MAX + 1, 1, 0, 0))
                .withMessageContaining("at most 10000000");
    }
}
