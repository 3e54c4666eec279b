package io.millrace.store.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class CommitPaceTest {
    private static final BooleanSupplier APPLIED = () -> true;
    private static final BooleanSupplier APPLYING = () -> false;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long NOON_MICROS = 1_800_000_000_000_000L;

    private final CommitPace pace = new CommitPace();

    /** Rows of the last so many seconds before noon, committed at once; applied after so long. */
    private long commit(long now, int seconds, long applyNanos) {
        pace.begin(now, APPLIED);
        pace.wait(NOON_MICROS - seconds * 1_000_000L, NOON_MICROS, NOON_MICROS);
        pace.committing(1, now, APPLIED);
        long applied = now + applyNanos;
        pace.begin(now + 1, APPLYING);
        pace.isDue(1, applied, APPLIED);
        return applied;
    }

    @Test
    void loneRowsWaitForATenthOfASecond() {
        pace.begin(0, APPLIED);
        pace.wait(NOON_MICROS, NOON_MICROS, NOON_MICROS);
        assertThat(pace.isDue(1, 99 * MILLI, APPLIED)).isFalse();
        assertThat(pace.isDue(1, 100 * MILLI, APPLIED)).isTrue();
    }

    @Test
    void rowsWaitUntilThoseBeforeThemAreAppliedAndThreeTimesAsLong() {
        commit(0, 0, 200 * MILLI);
        pace.wait(NOON_MICROS, NOON_MICROS + 1, NOON_MICROS);
        assertThat(pace.isDue(1, 600 * MILLI, APPLIED)).isFalse();
        assertThat(pace.isDue(1, 600 * MILLI + 1, APPLIED)).isTrue();
    }

    @Test
    void whatWasAppliedBeforeAnythingWaitedMayHaveBeenQuick() {
        pace.begin(0, APPLIED);
        pace.wait(NOON_MICROS, NOON_MICROS, NOON_MICROS);
        pace.committing(1, 0, APPLIED);
        pace.begin(5 * SECOND, APPLIED);
        pace.wait(NOON_MICROS, NOON_MICROS, NOON_MICROS);
        assertThat(pace.isDue(1, 5 * SECOND + 100 * MILLI, APPLIED)).isTrue();
    }

    @Test
    void rowsInOrderWaitForASecondAtMostHoweverLongApplyingTakes() {
        commit(0, 0, 5 * SECOND);
        pace.wait(NOON_MICROS + 1, NOON_MICROS + 2, NOON_MICROS);
        assertThat(pace.waitMaxNanos()).isEqualTo(SECOND);
        assertThat(pace.isDue(1, 1 + SECOND, APPLYING)).isTrue();
        assertThat(pace.isDue(500_000, 2, APPLYING)).isTrue();
    }

    @Test
    void rowsThatReachBackWaitAsLongAsTheyDo() {
        commit(0, 0, 5 * SECOND);
        pace.wait(NOON_MICROS - 3_000_000, NOON_MICROS, NOON_MICROS);
        assertThat(pace.waitMaxNanos()).isEqualTo(3 * SECOND);
        assertThat(pace.isDue(1, 3 * SECOND, APPLYING)).isFalse();
        assertThat(pace.isDue(1, 3 * SECOND + 1, APPLYING)).isTrue();
        assertThat(pace.isDue(1_499_999, 2, APPLYING)).isFalse();
        assertThat(pace.isDue(1_500_000, 2, APPLYING)).isTrue();
    }

    @Test
    void theyWaitNoLongerWhereApplyingIsQuick() {
        commit(0, 0, 600 * MILLI);
        pace.wait(NOON_MICROS - 3_600_000_000L, NOON_MICROS, NOON_MICROS);
        assertThat(pace.waitMaxNanos()).isEqualTo(1_200 * MILLI);
    }

    @Test
    void norLongerThanFourSecondsWhateverTheirTimes() {
        commit(0, 0, 100 * SECOND);
        pace.wait(0, NOON_MICROS, NOON_MICROS);
        assertThat(pace.waitMaxNanos()).isEqualTo(4 * SECOND);
        pace.wait(Long.MIN_VALUE / 2, Long.MAX_VALUE / 2, NOON_MICROS);
        assertThat(pace.waitMaxNanos()).isEqualTo(4 * SECOND);
    }

    /** Commits follow each other while an application goes on: it is as long as all of them. */
    @Test
    void anApplicationThatNeverEndsIsALongOne() {
        pace.begin(0, APPLIED);
        pace.wait(NOON_MICROS, NOON_MICROS, NOON_MICROS);
        pace.committing(1, 0, APPLIED);
        pace.begin(SECOND, APPLYING);
        pace.wait(NOON_MICROS, NOON_MICROS, NOON_MICROS);
        pace.committing(1, SECOND, APPLYING);
        pace.begin(2 * SECOND, APPLYING);
        pace.wait(NOON_MICROS - 60_000_000, NOON_MICROS, NOON_MICROS);
        pace.isDue(1, 2 * SECOND, APPLYING);
        assertThat(pace.waitMaxNanos()).isEqualTo(4 * SECOND);
    }

    /** One commit of so many rows, logged at noon and as late as this, applied at once. */
    private long commitOf(long rows, long now, long lateMicros) {
        pace.begin(now, APPLIED);
        pace.wait(NOON_MICROS - lateMicros, NOON_MICROS, NOON_MICROS);
        long upTo = pace.committing(rows, now, APPLIED);
        pace.isDue(0, now, APPLIED);
        return upTo;
    }

    private boolean isDue(long now, long loggedMicros) {
        pace.wait(loggedMicros, loggedMicros, loggedMicros);
        return pace.isDue(1_000, now, APPLIED);
    }

    @Test
    void ofManyRowsThoseAreHeldBackThatAreLaterThanTheLastCommit() {
        assertThat(commitOf(999, 0, 0)).isEqualTo(Long.MAX_VALUE);
        assertThat(commitOf(1_000, 1, 0)).isEqualTo(NOON_MICROS);
        assertThat(commitOf(0, 2, 0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void thenCommitsAreAsFarApartAsEventsComeLate() {
        commitOf(1_000, 0, 800_000); // an eighth of which is forgotten
        assertThat(isDue(700 * MILLI, NOON_MICROS + 699_999)).isFalse();
        assertThat(isDue(700 * MILLI, NOON_MICROS + 700_000)).isTrue();
    }

    @Test
    void butNotMuchLongerThanRowsWaitAnyway() {
        commitOf(1_000, 0, 1_500_000);
        assertThat(isDue(1_312 * MILLI, NOON_MICROS)).isFalse();
        assertThat(isDue(1_313 * MILLI, NOON_MICROS)).isTrue();
    }

    @Test
    void whatComesVeryLateIsNotWaitedFor() {
        commitOf(1_000, 0, 1_500_001);
        assertThat(isDue(100 * MILLI, NOON_MICROS)).isTrue();
    }
}
