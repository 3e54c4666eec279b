package io.millrace.gateway.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.store.derive.Derivation.Progress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadModelLagTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private long committed = 1;
    private long commitWait;
    private long applyLagMillis;
    private final ReadModelLag lag = new ReadModelLag(this::progress, () -> applyLagMillis);

    private Progress progress() {
        return new Progress(committed, 0, committed, commitWait, 100, 0, 0, 0, Optional.empty(), Optional.empty());
    }

    @Test
    void rowsMayBeTwoSecondsBehindTheLog() {
        assertThat(lag.isTooFar(0)).isFalse();
        lag.committed(2, 0);
        assertThat(lag.isTooFar(2 * SECOND)).isFalse();
        assertThat(lag.isTooFar(2 * SECOND + SECOND / 2)).isTrue();
        committed = 2;
        assertThat(lag.isTooFar(3 * SECOND)).isFalse();
    }

    @Test
    void andFourUntilTheyAreSeen() {
        applyLagMillis = 4_000;
        assertThat(lag.isTooFar(0)).isFalse();
        applyLagMillis = 4_001;
        assertThat(lag.isTooFar(SECOND)).isTrue();
    }

    @Test
    void whereTheyWaitLongerForTheirCommitTheyMayBeTwiceThatBehind() {
        commitWait = 3 * SECOND;
        assertThat(lag.isTooFar(0)).isFalse();
        lag.committed(2, 0);
        assertThat(lag.isTooFar(6 * SECOND)).isFalse();
        assertThat(lag.isTooFar(6 * SECOND + SECOND / 2)).isTrue();
    }

    /** After a start, say: what is derived comes to the log sooner or later, and receipts need not wait for it. */
    @Test
    void whoHasNotCaughtUpYetIsNotTooFar() {
        committed = 0;
        lag.committed(2, 0);
        assertThat(lag.isTooFar(10 * SECOND)).isFalse();
    }
}
