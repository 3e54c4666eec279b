package io.millrace.store.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SpeedTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Speed speed = new Speed(nanos::get);

    private void folded(long from, long to, double seconds, int events) {
        for (long position = from; position <= to; position++) {
            nanos.addAndGet(Math.round(seconds * TimeUnit.SECONDS.toNanos(1) / (to - from + 1)));
            speed.folded(position, events);
        }
    }

    @Test
    void saysNothingOfTheTimeLeftBeforeItKnowsARate() {
        assertThat(speed.progress(RebuildTarget.WINDOWS, 100).secondsLeft()).isNaN();
    }

    @Test
    void tellsTheRateAndTheTimeLeft() {
        folded(1, 100, 2, 500);
        Derivation.Rebuild progress = speed.progress(RebuildTarget.WINDOWS, 300);
        assertThat(progress.eventsPerSecond()).isCloseTo(25_000, org.assertj.core.data.Offset.offset(1.0));
        assertThat(progress.secondsLeft()).isCloseTo(4, org.assertj.core.data.Offset.offset(0.01));
    }

    @Test
    void followsARateThatChangesWithinSeconds() {
        folded(1, 1_000, 10, 1);
        folded(1_001, 1_100, 20, 1);
        double left = speed.progress(RebuildTarget.WINDOWS, 1_110).secondsLeft();
        assertThat(left).isBetween(1.5, 2.5);
    }
}
