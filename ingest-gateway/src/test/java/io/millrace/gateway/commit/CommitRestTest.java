package io.millrace.gateway.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommitRestTest {
    private static final Duration LEAST = Duration.ofMillis(5);

    @Test
    void afterFewLanesItIsTheLeastHoweverLongTheCommitTook() {
        assertThat(rest(CommitRest.LANES_MANY - 1, 100)).isEqualTo(5);
    }

    @Test
    void afterManyItIsTwiceTheCommit() {
        assertThat(rest(CommitRest.LANES_MANY, 8)).isEqualTo(16);
    }

    @Test
    void itIsNeverShorterThanTheLeastNorLongerThanTheMost() {
        assertThat(rest(1_000, 1)).isEqualTo(5);
        assertThat(rest(1_000, 300)).isEqualTo(20);
    }

    @Test
    void whoAsksForMoreGetsIt() {
        assertThat(CommitRest.nanos(Duration.ofSeconds(1), 1_000, 300_000_000)).isEqualTo(1_000_000_000);
    }

    @Test
    void whatIsBehindGetsItsPartOfTheTime() {
        long work = Duration.ofMillis(40).toNanos();
        assertThat(CommitRest.behindNanos(0, work)).isZero();
        assertThat(CommitRest.behindNanos(0.5, work)).isEqualTo(work);
        assertThat(CommitRest.behindNanos(0.75, work)).isEqualTo(3 * work);
        assertThat(CommitRest.behindNanos(0.999, work)).isEqualTo(500_000_000);
    }

    private static long rest(int lanes, long commitMillis) {
        return Duration.ofNanos(CommitRest.nanos(
                        LEAST, lanes, Duration.ofMillis(commitMillis).toNanos()))
                .toMillis();
    }
}
