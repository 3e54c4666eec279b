package io.millrace.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackOffTest {
    @Test
    void waitsTwiceAsLongEachTimeUpToFiveMinutesAFifthMoreOrLess() {
        var backOff = new BackOff(new SplittableRandom(7));
        for (int failures = 1; failures <= 1_000; failures++) {
            double expected = Math.min(300_000, 1_000 * Math.pow(2, failures - 1));
            assertThat((double) backOff.after(failures).toMillis()).isBetween(expected * 0.8 - 1, expected * 1.2);
        }
        assertThat(backOff.after(Integer.MAX_VALUE)).isGreaterThan(Duration.ofMinutes(4));
    }
}
