package io.millrace.agent.spool;

import static io.millrace.agent.spool.SpoolFixture.BOOT;
import static io.millrace.agent.spool.SpoolFixture.MIB;
import static io.millrace.agent.spool.SpoolFixture.NEXT_BOOT;
import static io.millrace.agent.spool.SpoolFixture.events;
import static io.millrace.agent.spool.SpoolFixture.read;
import static io.millrace.agent.spool.SpoolFixture.state;
import static io.millrace.agent.spool.SpoolFixture.stateOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What waits longer than it may is given up on time, never too early, and declared. */
class SpoolAgeTest {
    private static final Duration AGE_MAX = Duration.ofSeconds(80);

    private final FaultyDisk disk = new FaultyDisk(new SplittableRandom(1));
    private final SpoolFixture.ManualTime time = new SpoolFixture.ManualTime();

    private LaneSpool open(UUID boot, long seed) throws SpoolUnavailableException {
        return spool(boot, seed).lane("telemetry");
    }

    private Spool spool(UUID boot, long seed) throws SpoolUnavailableException {
        var lane = new LaneConfig(
                "telemetry", new SyncPolicy.Every(Duration.ofMillis(500)), 16 * MIB, 0, AGE_MAX, WhenFull.BLOCK);
        var config = new SpoolConfig(SpoolFixture.DIRECTORY, "plant-1", "gw-7", List.of(lane));
        return SpoolFixture.open(disk, config, boot, seed, time);
    }

    /** As the spool's own thread does it, second by second. */
    private void pass(LaneSpool lane, Duration span) {
        for (long second = 0; second < span.toSeconds(); second++) {
            time.forward(Duration.ofSeconds(1));
            lane.flush();
            lane.maintain();
        }
    }

    private static Gap gap(LaneSpool lane, long first, long last) {
        return new Gap(
                lane.stream(),
                new Interval(first, last),
                Gap.Reason.EXPIRED,
                events(first, 1).getFirst().timeMicros(),
                events(last, 1).getFirst().timeMicros());
    }

    @Test
    void givesUpWhatIsTooOldAndKeepsWhatIsNot() throws Exception {
        LaneSpool lane = open(BOOT, 1);
        lane.append(events(1, 10), state(10));
        pass(lane, Duration.ofSeconds(40));
        lane.append(events(11, 10), state(20));
        pass(lane, Duration.ofSeconds(39));
        assertThat(lane.gaps()).as("nothing is too old yet").isEmpty();
        assertThat(read(lane).of(lane.stream().epoch())).hasSize(20);

        pass(lane, Duration.ofSeconds(2));
        assertThat(lane.gaps()).containsExactly(gap(lane, 1, 10));
        assertThat(read(lane).of(lane.stream().epoch()))
                .containsOnlyKeys(11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L);
        assertThat(lane.metrics().eventsExpired()).isEqualTo(10);

        pass(lane, Duration.ofSeconds(40));
        assertThat(lane.gaps()).containsExactly(gap(lane, 1, 20));
        assertThat(read(lane).of(lane.stream().epoch())).isEmpty();
        assertThat(lane.metrics().eventsDropped()).isZero();
    }

    @Test
    void isAtMostAnEighthLateForEventsThatComeSteadily() throws Exception {
        LaneSpool lane = open(BOOT, 1);
        for (int second = 0; second < 300; second++) {
            lane.append(events(second + 1, 1), null);
            pass(lane, Duration.ofSeconds(1));
            long oldest = read(lane).of(lane.stream().epoch()).keySet().stream()
                    .mapToLong(n -> n)
                    .min()
                    .orElseThrow();
            if (oldest > 1) {
                assertThat(second + 2 - oldest).as("age of what is given up").isGreaterThanOrEqualTo(80);
            }
            assertThat(second + 1 - oldest).as("age of what is kept").isLessThanOrEqualTo(91);
        }
        assertThat(lane.metrics().segments()).isLessThanOrEqualTo(12);
    }

    @Test
    void declaresOnlyWhatHasNoReceipt() throws Exception {
        LaneSpool lane = open(BOOT, 1);
        lane.append(events(1, 30), null);
        lane.flush();
        lane.settle(lane.stream().epoch(), List.of(new Interval(6, 25)));
        pass(lane, Duration.ofSeconds(100));
        assertThat(lane.gaps())
                .extracting(Gap::range)
                .containsExactlyInAnyOrder(new Interval(1, 5), new Interval(26, 30));
    }

    @Test
    void agesOnWhileTheAgentIsDown() throws Exception {
        Spool first = spool(BOOT, 1);
        LaneSpool old = first.lane("telemetry");
        old.append(events(1, 10), state(10));
        pass(old, Duration.ofSeconds(50));
        first.close();
        time.forward(Duration.ofSeconds(20));
        LaneSpool lane = open(NEXT_BOOT, 2);
        pass(lane, Duration.ofSeconds(10));
        assertThat(lane.gaps()).as("not too old yet").isEmpty();
        pass(lane, Duration.ofSeconds(2));
        assertThat(lane.gaps()).containsExactly(gap(old, 1, 10));
    }

    @Test
    void theGapIsOnDiskBeforeTheEventsGoAndTheInputsStateStays() throws Exception {
        LaneSpool lane = open(BOOT, 1);
        lane.append(events(1, 10), state(10));
        pass(lane, Duration.ofSeconds(81));
        assertThat(read(lane).of(lane.stream().epoch())).isEmpty();
        Spool next = SpoolFixture.open(disk.afterPowerCut(), NEXT_BOOT, 2);
        assertThat(next.lane("telemetry").gaps()).contains(gap(lane, 1, 10));
        assertThat(stateOf(next)).isEqualTo(10);
    }

    @Test
    void aWallClockThatJumpsWhileItRunsChangesNothing() throws Exception {
        LaneSpool lane = open(BOOT, 1);
        lane.append(events(1, 10), null);
        lane.flush();
        time.jumpWall(Duration.ofDays(1000));
        pass(lane, Duration.ofSeconds(60));
        assertThat(lane.gaps()).isEmpty();
        time.jumpWall(Duration.ofDays(-2000));
        pass(lane, Duration.ofSeconds(31));
        assertThat(lane.gaps()).containsExactly(gap(lane, 1, 10));
    }

    @Test
    void whatWasWrittenWithAWrongClockBeginsItsAgeAnewAtTheStart() throws Exception {
        time.jumpWall(Duration.ofDays(-365 * 30));
        Spool first = spool(BOOT, 1);
        LaneSpool old = first.lane("telemetry");
        old.append(events(1, 10), null);
        first.close();
        time.jumpWall(Duration.ofDays(365 * 30));
        LaneSpool lane = open(NEXT_BOOT, 2);
        pass(lane, Duration.ofSeconds(79));
        assertThat(lane.gaps()).isEmpty();
        pass(lane, Duration.ofSeconds(2));
        assertThat(lane.gaps()).containsExactly(gap(old, 1, 10));
    }

    @Test
    void makesRoomAlsoOnADiskThatIsFull() throws Exception {
        LaneSpool lane = open(BOOT, 1);
        lane.append(SpoolFixture.texts(1000, 1000), null);
        lane.sync();
        pass(lane, Duration.ofSeconds(20));
        disk.capacity(disk.files().stream()
                .mapToLong(file -> disk.bytesOf(file).length)
                .sum());
        pass(lane, Duration.ofSeconds(70));
        assertThat(lane.gaps()).extracting(Gap::range).containsExactly(new Interval(1, 1000));
        pass(lane, Duration.ofSeconds(3));
        assertThat(lane.append(events(1, 10), null)).isInstanceOf(AppendResult.Accepted.class);
        assertThat(lane.flush()).isTrue();
    }
}
