package io.millrace.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartsTest {
    private static final Duration SHORT = Duration.ofSeconds(1);

    @Test
    void theFirstRestartIsQuick() {
        assertThat(Restarts.NONE.after(SHORT).delay()).isEqualTo(Restarts.DELAY_MIN);
    }

    @Test
    void eachFailureInARowDoublesTheDelayUpToALimit() {
        Restarts restarts = Restarts.NONE.after(SHORT).after(SHORT);
        assertThat(restarts.delay()).isEqualTo(Restarts.DELAY_MIN.multipliedBy(2));
        for (int i = 0; i < 100; i++) {
            restarts = restarts.after(SHORT);
        }
        assertThat(restarts.delay()).isEqualTo(Restarts.DELAY_MAX);
    }

    @Test
    void aStableRunForgetsEarlierFailures() {
        assertThat(new Restarts(20).after(Restarts.STABLE).delay()).isEqualTo(Restarts.DELAY_MIN);
    }
}
