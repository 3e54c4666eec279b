package io.millrace.gateway.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.store.derive.Derivation.Progress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadModelLagTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private long committed = 1;
    private long head = 1;
    private long applyLagMillis;
    private boolean lateApplying;
    private final ReadModelLag lag = new ReadModelLag(this::progress, () -> applyLagMillis);

    private Progress progress() {
        return new Progress(
                committed, 0, committed, committed, lateApplying, head, 0, 0, 0, Optional.empty(), Optional.empty());
    }

    @Test
    void rowsMayBeTwoSecondsBehindTheLog() {
        assertThat(lag.rest(0)).isZero();
        lag.committed(2, 0);
        assertThat(lag.rest(SECOND * 3 / 2)).isZero();
        assertThat(lag.rest(SECOND * 7 / 4)).isEqualTo(0.5);
        assertThat(lag.rest(SECOND * 5 / 2)).isEqualTo(1);
        committed = 2;
        assertThat(lag.rest(3 * SECOND)).isZero();
    }

    /** In between admission goes on, the slower the further they are behind. */
    @Test
    void andFourUntilTheyAreSeen() {
        applyLagMillis = 1_000;
        assertThat(lag.rest(0)).isZero();
        applyLagMillis = 2_500;
        assertThat(lag.rest(SECOND)).isEqualTo(0.5);
        applyLagMillis = 3_999;
        assertThat(lag.rest(2 * SECOND)).isLessThan(1);
        applyLagMillis = 4_000;
        assertThat(lag.rest(3 * SECOND)).isEqualTo(1);
    }

    /** Else what waits in the agents meanwhile would be late too. */
    @Test
    void whatWaitsBehindLateRowsCountsFromWhenThoseAreApplied() {
        lateApplying = true;
        applyLagMillis = 10_000;
        assertThat(lag.rest(0)).isZero();
        assertThat(lag.rest(10 * SECOND)).isZero();
        lateApplying = false;
        assertThat(lag.rest(SECOND * 23 / 2)).isEqualTo(1 / 6.0);
        assertThat(lag.rest(14 * SECOND)).isEqualTo(1);
    }

    /** A table on which QuestDB has given up, say: then the log is all that still takes something. */
    @Test
    void butNotWithoutEnd() {
        lateApplying = true;
        applyLagMillis = 59_999;
        assertThat(lag.rest(60 * SECOND)).isZero();
        applyLagMillis = 65_000;
        assertThat(lag.rest(65 * SECOND)).isEqualTo(1);
    }

    /** After a start, say: what is derived comes to the log sooner or later, and receipts need not wait for it. */
    @Test
    void whoHasNotCaughtUpYetIsNotBehind() {
        head = 100;
        assertThat(lag.rest(0)).isZero();
        lag.committed(101, 0);
        applyLagMillis = 10_000;
        assertThat(lag.rest(10 * SECOND)).isZero();
        committed = 100;
        assertThat(lag.rest(11 * SECOND)).as("what came since is still behind").isZero();
        committed = 101;
        assertThat(lag.rest(12 * SECOND)).isEqualTo(1);
    }
}
