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

    /** Rows of noon, committed at once; applied after so long. */
    private void commit(long now, long applyNanos) {
        pace.begin(now, APPLIED);
        pace.wait(NOON_MICROS, NOON_MICROS, NOON_MICROS);
        pace.committing(1, now, APPLIED);
        pace.begin(now + 1, APPLYING);
        pace.isDue(1, now + applyNanos, APPLIED);
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
        commit(0, 200 * MILLI);
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
        commit(0, 5 * SECOND);
        pace.wait(NOON_MICROS + 1, NOON_MICROS + 2, NOON_MICROS);
        assertThat(pace.isDue(1, 1 + SECOND, APPLYING)).isTrue();
        assertThat(pace.isDue(500_000, 2, APPLYING)).isTrue();
    }

    /** Commits follow each other while an application goes on: it is as long as all of them. */
    @Test
    void anApplicationThatNeverEndsIsALongOne() {
        pace.begin(0, APPLIED);
        pace.committing(1, 0, APPLIED);
        pace.begin(50 * MILLI, APPLYING);
        pace.committing(1, 50 * MILLI, APPLYING);
        pace.begin(200 * MILLI, APPLYING);
        assertThat(pace.isDue(1, 200 * MILLI, APPLIED)).isFalse();
        assertThat(pace.isDue(1, 650 * MILLI, APPLIED)).isFalse();
        assertThat(pace.isDue(1, 800 * MILLI, APPLIED)).isTrue();
    }

    @Test
    void whatReachesBackFurtherThanOthersAreHeldBackForIsLate() {
        assertThat(pace.isLate(Long.MIN_VALUE))
                .as("of nothing before it is anything known")
                .isFalse();
        logged(NOON_MICROS, 0, 0, 0);
        commitOf(1, 0);
        assertThat(pace.isLate(NOON_MICROS - 1_500_000)).isFalse();
        assertThat(pace.isLate(NOON_MICROS - 1_500_001)).isTrue();
        logged(NOON_MICROS, SECOND, -60_000_000, -60_000_000); // a clock that is ahead
        commitOf(1, SECOND);
        assertThat(pace.isLate(NOON_MICROS)).isFalse();
    }

    /** Rows that were logged at that time wait, so much later than they happened. */
    private void logged(long micros, long now, long soonMicros, long lateMicros) {
        pace.logged(micros, now);
        pace.wait(micros - lateMicros, micros - soonMicros, micros);
    }

    private void commitOf(long waiting, long now) {
        pace.committing(waiting, now, APPLIED);
    }

    @Test
    void eventsAreHeldBackWhileThereAreMany() {
        logged(NOON_MICROS, 0, 0, 0);
        commitOf(999, 0);
        assertThat(pace.upToMicros(0)).isEqualTo(Long.MAX_VALUE);
        commitOf(1_000, 1);
        assertThat(pace.upToMicros(1)).isEqualTo(NOON_MICROS);
        commitOf(0, 2);
        assertThat(pace.upToMicros(2)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void forAsLongAsOthersComeLate() {
        logged(NOON_MICROS, 0, 0, 0);
        commitOf(1_000, 0);
        logged(NOON_MICROS + 1_000_000, SECOND, 0, 800_000);
        assertThat(pace.upToMicros(SECOND)).isEqualTo(NOON_MICROS + 200_000);
        assertThat(pace.upToMicros(SECOND + 100 * MILLI))
                .as("the log's time goes on")
                .isEqualTo(NOON_MICROS + 300_000);
        commitOf(1_000, 2 * SECOND);
        assertThat(pace.upToMicros(2 * SECOND)).as("an eighth is forgotten").isEqualTo(NOON_MICROS + 1_300_000);
        logged(NOON_MICROS + 2_000_000, 2 * SECOND, 0, 800_000);
        assertThat(pace.upToMicros(2 * SECOND)).as("it never goes back").isEqualTo(NOON_MICROS + 1_300_000);
    }

    @Test
    void thatAllComeLateHoldsNobodyBack() {
        logged(NOON_MICROS, 0, 19_000_000, 20_000_000);
        commitOf(1_000, 0);
        logged(NOON_MICROS + 1_000_000, SECOND, 19_000_000, 20_000_000);
        assertThat(pace.upToMicros(SECOND)).isBetween(NOON_MICROS - 19_000_000, NOON_MICROS - 18_500_000);
    }

    @Test
    void whatComesMuchLaterThanOthersIsNotWaitedFor() {
        logged(NOON_MICROS, 0, 0, 100_000);
        commitOf(1_000, 0);
        logged(NOON_MICROS + 1_000_000, SECOND, 0, 100_000);
        logged(NOON_MICROS + 1_000_000, SECOND, 0, 1_500_001);
        assertThat(pace.upToMicros(SECOND)).isEqualTo(NOON_MICROS + 900_000);
        assertThat(pace.heldSinceMicros(SECOND)).isEqualTo(NOON_MICROS - 500_000);
    }

    /** One clock that is ahead says nothing of how soon the others' events come. */
    @Test
    void norDoesWhatIsAheadCount() {
        logged(NOON_MICROS, 0, 19_000_000, 20_000_000);
        logged(NOON_MICROS, 0, -5_000_000, -4_000_000);
        commitOf(1_000, 0);
        assertThat(pace.upToMicros(0)).isBetween(NOON_MICROS - 20_000_000, NOON_MICROS - 19_000_000);
    }
}
