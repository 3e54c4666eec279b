package io.millrace.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DrainRateTest {
    private final DrainRate drain = new DrainRate();

    private void observe(long events, double second) {
        drain.observe(events, (long) (second * 1e9));
    }

    @Test
    void knowsNothingOfARateAfterOneLook() {
        assertThat(drain.backlog().etaSeconds()).isZero();
        observe(1000, 0);
        assertThat(drain.backlog().events()).isEqualTo(1000);
        assertThat(drain.backlog().drainedPerSecond()).isZero();
        assertThat(drain.backlog().etaSeconds()).isNull();
    }

    @Test
    void isTheSlopeOverTheLastHalfMinute() {
        for (int second = 0; second <= 60; second++) {
            observe(second < 30 ? 100_000 : 100_000 - (second - 30) * 500, second);
        }
        assertThat(drain.backlog().events()).isEqualTo(85_000);
        assertThat(drain.backlog().drainedPerSecond()).isEqualTo(500);
        assertThat(drain.backlog().etaSeconds()).isEqualTo(170);
    }

    @Test
    void aBacklogThatGrowsHasNoEnd() {
        observe(1000, 0);
        observe(2000, 1);
        assertThat(drain.backlog().drainedPerSecond()).isZero();
        assertThat(drain.backlog().etaSeconds()).isNull();
    }

    @Test
    void looksOnceASecond() {
        assertThat(drain.isDue(5)).isTrue();
        observe(1, 0);
        assertThat(drain.isDue(Duration.ofMillis(999).toNanos())).isFalse();
        assertThat(drain.isDue(Duration.ofSeconds(1).toNanos())).isTrue();
    }
}
