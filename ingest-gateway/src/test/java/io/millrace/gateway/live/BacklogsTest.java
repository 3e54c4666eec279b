package io.millrace.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.live.Backlogs.Drain;
import io.millrace.gateway.live.Backlogs.Source;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BacklogsTest {
    private static final Source GW = new Source("plant-1", "gw-7");

    private final Backlogs backlogs = new Backlogs();

    @Test
    void theRateIsWhatItShrinksBySinceItWasLargest() {
        sample(0, 100);
        sample(10, 1_000);
        sample(20, 800);
        sample(30, 600);
        assertThat(backlogs.drain(GW)).isEqualTo(new Drain(20));
    }

    @Test
    void ofOneThatGrowsOrStandsOrIsEmptyNothingIsSaid() {
        assertThat(backlogs.drain(GW)).isNull();
        sample(0, 100);
        assertThat(backlogs.drain(GW)).isNull();
        sample(5, 100);
        assertThat(backlogs.drain(GW)).isNull();
        sample(10, 200);
        assertThat(backlogs.drain(GW)).isNull();
        sample(15, 0);
        assertThat(backlogs.drain(GW)).isNull();
        assertThat(backlogs.drain(new Source("plant-1", "unknown"))).isNull();
    }

    @Test
    void whatWasBeforeTheLastMinuteIsForgotten() {
        sample(0, 1_000_000);
        for (int i = 1; i <= 13; i++) {
            sample(i * 5, 1_000 - i * 10);
        }
        assertThat(backlogs.drain(GW)).isEqualTo(new Drain(2));
    }

    @Test
    void aClockThatGoesBackBeginsAnew() {
        sample(100, 1_000);
        sample(105, 900);
        sample(3, 800);
        assertThat(backlogs.drain(GW)).isNull();
        assertThat(backlogs.isDue(4_000)).isFalse();
        assertThat(backlogs.isDue(8_000)).isTrue();
    }

    private void sample(long seconds, long events) {
        backlogs.sample(seconds * 1_000, Map.of(GW, events));
    }
}
