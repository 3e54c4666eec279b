package io.millrace.agent.spool;

import static io.millrace.agent.spool.SpoolFixture.BOOT;
import static io.millrace.agent.spool.SpoolFixture.MIB;
import static io.millrace.agent.spool.SpoolFixture.NEXT_BOOT;
import static io.millrace.agent.spool.SpoolFixture.events;
import static io.millrace.agent.spool.SpoolFixture.read;
import static io.millrace.agent.spool.SpoolFixture.state;
import static io.millrace.agent.spool.SpoolFixture.stateOf;
import static io.millrace.agent.spool.SpoolFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** No room, no disk, no force: what happens then is the policy's, is bounded, is declared, and ends when the trouble does. */
class SpoolFullTest {
    private static final SyncPolicy SYNC = new SyncPolicy.Every(Duration.ofMillis(500));

    private final FaultyDisk disk = new FaultyDisk(new SplittableRandom(1));
    private final SpoolFixture.ManualTime time = new SpoolFixture.ManualTime();

    private Spool open(WhenFull whenFull) throws SpoolUnavailableException {
        return SpoolFixture.open(disk, SpoolFixture.config(SYNC, 16 * MIB, whenFull), BOOT, 1, time);
    }

    private long bytesOnDisk() {
        return disk.files().stream()
                .mapToLong(file -> disk.bytesOf(file).length)
                .sum();
    }

    /** Appends 100 KB at a time; returns how often events were taken. */
    private int append(LaneSpool lane, int times) {
        int accepted = 0;
        for (int i = 0; i < times; i++) {
            accepted += lane.append(texts(100, 1000), state(i)) instanceof AppendResult.Accepted ? 1 : 0;
            time.forward(Duration.ofMillis(100));
            if (i % 10 == 0) {
                lane.sync();
                lane.maintain();
            }
            assertThat(bytesOnDisk()).isLessThanOrEqualTo(16 * MIB);
        }
        return accepted;
    }

    private static void assertExplained(LaneSpool lane, long produced) {
        SpoolFixture.Content content = read(lane);
        var explained = new IntervalSet();
        content.of(lane.stream().epoch()).keySet().forEach(sequence -> explained.add(sequence, sequence));
        IntervalSet gaps = content.gapsOf(lane.stream().epoch());
        gaps.forEach(gap ->
                assertThat(explained.missingFrom(gap.first(), gap.last())).containsExactly(gap));
        explained.addAll(gaps);
        assertThat(explained).isEqualTo(IntervalSet.of(new Interval(1, produced)));
    }

    @Test
    void dropsTheOldestAndSaysSo() throws Exception {
        LaneSpool lane = open(WhenFull.DROP_OLDEST).lane("telemetry");
        assertThat(append(lane, 400)).isEqualTo(400);
        assertThat(lane.gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.reason()).isEqualTo(Gap.Reason.DISK_FULL);
            assertThat(gap.range().first()).isEqualTo(1);
        });
        assertExplained(lane, 40_000);
        assertThat(lane.metrics().eventsDropped())
                .isEqualTo(lane.gaps().getFirst().range().count());
    }

    @Test
    void dropsTheNewestAndSaysSoAlsoAfterAPowerCut() throws Exception {
        Spool spool = open(WhenFull.DROP_NEWEST);
        LaneSpool lane = spool.lane("telemetry");
        int accepted = append(lane, 400);
        assertThat(accepted).isBetween(100, 200);
        assertExplained(lane, 40_000);
        spool.close();
        assertThat(stateOf(spool)).isEqualTo(399);

        Spool next = SpoolFixture.open(disk, SpoolFixture.usual(), NEXT_BOOT, 2, time);
        SpoolFixture.Content content = read(next.lane("telemetry"));
        assertThat(content.of(lane.stream().epoch())).hasSize(accepted * 100);
        assertThat(content.gapsOf(lane.stream().epoch()).count()).isEqualTo(40_000 - accepted * 100L);
        assertThat(stateOf(next)).isEqualTo(399);
    }

    @Test
    void takesNothingWhenItIsToBlockAndGoesOnOnceReceiptsMadeRoom() throws Exception {
        LaneSpool lane = open(WhenFull.BLOCK).lane("telemetry");
        int accepted = append(lane, 400);
        assertThat(lane.append(texts(100, 1000), state(7777))).isInstanceOf(AppendResult.Full.class);
        assertThat(lane.awaitRoom(Duration.ZERO)).isFalse();
        assertThat(lane.lastSequence()).isEqualTo(accepted * 100L);
        lane.settle(lane.stream().epoch(), List.of(new Interval(1, 5000)));
        lane.maintain();
        assertThat(lane.awaitRoom(Duration.ZERO)).isTrue();
        assertThat(lane.append(texts(1, 10), null)).isEqualTo(new AppendResult.Accepted(accepted * 100L + 1, 0));
        assertThat(lane.gaps()).isEmpty();
    }

    @Test
    void deletesWhatIsSettledBeforeItDropsAnything() throws Exception {
        LaneSpool lane = open(WhenFull.DROP_OLDEST).lane("telemetry");
        for (int i = 0; i < 20; i++) {
            append(lane, 50);
            lane.settle(lane.stream().epoch(), List.of(new Interval(1, lane.lastSequence())));
        }
        assertThat(lane.metrics().eventsDropped()).isZero();
        assertThat(lane.gaps()).isEmpty();
    }

    @Test
    void keepsTheDiskAboveItsFloor() throws Exception {
        LaneSpool lane = open(WhenFull.BLOCK).lane("telemetry");
        append(lane, 10);
        disk.reportFree(999);
        lane.maintain();
        long before = bytesOnDisk();
        assertThat(append(lane, 50)).isLessThanOrEqualTo(1);
        assertThat(bytesOnDisk()).isLessThan(before + 300_000);
        disk.reportFree(2000);
        lane.maintain();
        assertThat(append(lane, 10)).isEqualTo(10);
    }

    @Test
    void survivesAFullDiskWithoutLosingWhatItTookAndGoesOnWhenThereIsSpace() throws Exception {
        LaneSpool lane = open(WhenFull.BLOCK).lane("telemetry");
        int accepted = append(lane, 10);
        disk.capacity(bytesOnDisk() + 30_000);
        accepted += append(lane, 30);
        assertThat(lane.flush()).isFalse();
        assertThat(accepted).isLessThan(40);
        disk.capacity(Long.MAX_VALUE);
        time.forward(Duration.ofSeconds(2));
        assertThat(lane.flush()).isTrue();
        accepted += append(lane, 5);
        assertExplained(lane, accepted * 100L);
        assertThat(lane.gaps()).isEmpty();
        assertThat(lane.metrics().writesFailed()).isPositive();
    }

    @Test
    void makesRoomByItselfOnAFullDiskWhenItDropsTheOldest() throws Exception {
        LaneSpool lane = open(WhenFull.DROP_OLDEST).lane("telemetry");
        append(lane, 60);
        disk.capacity(bytesOnDisk() + 30_000);
        append(lane, 100);
        disk.capacity(Long.MAX_VALUE);
        time.forward(Duration.ofSeconds(2));
        lane.flush();
        assertExplained(lane, 16_000);
        assertThat(read(lane).of(lane.stream().epoch())).containsKey(16_000L);
    }

    @Test
    void startsOnAFullDiskAndLetsItDrain() throws Exception {
        Spool first = open(WhenFull.BLOCK);
        append(first.lane("telemetry"), 40);
        long old = first.lane("telemetry").stream().epoch();
        first.close();
        disk.capacity(bytesOnDisk() + 10);
        Spool second = SpoolFixture.open(disk, SpoolFixture.usual(), BOOT, 2, time);
        LaneSpool lane = second.lane("telemetry");
        assertThat(lane.flush()).isFalse();
        assertThat(read(lane).of(old)).hasSize(4000);
        lane.settle(old, SpoolFixture.upTo(4000));
        time.forward(Duration.ofSeconds(2));
        lane.maintain();
        time.forward(Duration.ofSeconds(2));
        assertThat(lane.append(events(1, 10), null)).isInstanceOf(AppendResult.Accepted.class);
        assertThat(lane.flush()).isTrue();
    }

    @Test
    void goesOnInANewFileAfterAForceThatFailed() throws Exception {
        LaneSpool lane = open(WhenFull.BLOCK).lane("telemetry");
        lane.append(events(1, 10), null);
        disk.failForces(true);
        assertThat(lane.sync()).isFalse();
        disk.failForces(false);
        lane.append(events(11, 10), null);
        assertThat(lane.sync()).isTrue();
        assertThat(lane.metrics().forcesFailed()).isEqualTo(1);
        assertThat(lane.metrics().segments()).isEqualTo(2);
        assertThat(read(lane).of(lane.stream().epoch())).hasSize(20);
        SpoolFixture.Content after =
                read(SpoolFixture.open(disk.copy(), BOOT, 2).lane("telemetry"));
        assertThat(after.of(lane.stream().epoch())).hasSize(20);
    }

    @Test
    void withSyncAlwaysTakesOnlyWhatIsOnDisk() throws Exception {
        Spool spool = SpoolFixture.open(
                disk, SpoolFixture.config(new SyncPolicy.Always(), 16 * MIB, WhenFull.BLOCK), BOOT, 1, time);
        LaneSpool lane = spool.lane("telemetry");
        for (int i = 0; i < 20; i++) {
            lane.append(events(i * 10 + 1, 10), state(i * 10 + 10));
        }
        disk.capacity(bytesOnDisk() + 5);
        assertThat(lane.append(events(201, 10), state(210))).isInstanceOf(AppendResult.Full.class);
        assertThat(lane.lastSequence()).isEqualTo(200);
        Spool next = SpoolFixture.open(disk.afterPowerCut(), NEXT_BOOT, 2);
        assertThat(read(next.lane("telemetry")).of(lane.stream().epoch())).hasSize(200);
        assertThat(stateOf(next)).isEqualTo(200);
    }

    @Test
    void eachLaneKeepsItsOwnLimitPolicyAndSync() throws Exception {
        var alarm = new LaneConfig("alarm", new SyncPolicy.Always(), 4 * MIB, 0, null, WhenFull.DROP_NEWEST);
        var telemetry = new LaneConfig("telemetry", new SyncPolicy.Never(), 12 * MIB, 0, null, WhenFull.BLOCK);
        var config = new SpoolConfig(SpoolFixture.DIRECTORY, "plant-1", "gw-7", List.of(alarm, telemetry));
        Spool spool = SpoolFixture.open(disk, config, BOOT, 1, time);
        LaneSpool urgent = spool.lane("alarm");
        LaneSpool usual = spool.lane("telemetry");
        usual.append(events(1, 10), null);
        usual.flush();
        int urgentAccepted = 0;
        for (int i = 0; i < 100; i++) {
            urgentAccepted += urgent.append(texts(100, 1000), null) instanceof AppendResult.Accepted ? 1 : 0;
        }
        assertThat(urgent.metrics().bytes()).isBetween(3 * MIB, 4 * MIB);
        assertThat(urgent.metrics().eventsDropped()).isEqualTo(10_000 - urgentAccepted * 100L);

        Spool afterCut = SpoolFixture.open(disk.afterPowerCut(), config, NEXT_BOOT, 2, time);
        assertThat(read(afterCut.lane("alarm")).of(urgent.stream().epoch())).hasSize(urgentAccepted * 100);

        AppendResult last = new AppendResult.Full("");
        for (int i = 0; i < 200; i++) {
            last = usual.append(texts(100, 1000), null);
        }
        assertThat(last).isInstanceOf(AppendResult.Full.class);
        assertThat(usual.metrics().bytes()).isBetween(11 * MIB, 12 * MIB);
        assertThat(usual.metrics().eventsDropped()).isZero();
    }

    @Test
    void anUrgentLaneMayGoOnWhereTheOthersLeaveRoomOnTheDisk() throws Exception {
        var alarm = new LaneConfig("alarm", new SyncPolicy.Never(), 4 * MIB, 10 * MIB, null, WhenFull.BLOCK);
        var telemetry = new LaneConfig("telemetry", new SyncPolicy.Never(), 12 * MIB, 20 * MIB, null, WhenFull.BLOCK);
        var config = new SpoolConfig(SpoolFixture.DIRECTORY, "plant-1", "gw-7", List.of(alarm, telemetry));
        Spool spool = SpoolFixture.open(disk, config, BOOT, 1, time);
        LaneSpool urgent = spool.lane("alarm");
        LaneSpool usual = spool.lane("telemetry");
        disk.capacity(bytesOnDisk() + 15 * MIB);
        urgent.maintain();
        usual.maintain();
        assertThat(urgent.append(texts(1, 1000), null)).isInstanceOf(AppendResult.Accepted.class);
        assertThat(usual.append(texts(1, 1000), null))
                .isInstanceOfSatisfying(
                        AppendResult.Full.class,
                        full -> assertThat(full.reason()).contains("less than %d bytes left".formatted(20 * MIB)));
        disk.capacity(bytesOnDisk() + 5 * MIB);
        urgent.maintain();
        assertThat(urgent.append(texts(1, 1000), null)).isInstanceOf(AppendResult.Full.class);
    }

    @Test
    void refusesAFolderThatCannotBeWritten() throws Exception {
        disk.readOnly(true);
        assertThatThrownBy(() -> open(WhenFull.BLOCK))
                .isInstanceOf(SpoolUnavailableException.class)
                .hasMessageContaining("Read-only file system");
        assertThatThrownBy(() -> SpoolLock.take(Path.of("/proc/millrace")))
                .isInstanceOf(SpoolUnavailableException.class)
                .hasMessageContaining("cannot be used");
    }
}
