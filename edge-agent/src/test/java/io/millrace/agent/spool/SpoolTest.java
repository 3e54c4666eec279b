package io.millrace.agent.spool;

import static io.millrace.agent.spool.SpoolFixture.BOOT;
import static io.millrace.agent.spool.SpoolFixture.event;
import static io.millrace.agent.spool.SpoolFixture.events;
import static io.millrace.agent.spool.SpoolFixture.read;
import static io.millrace.agent.spool.SpoolFixture.state;
import static io.millrace.agent.spool.SpoolFixture.stateOf;
import static io.millrace.agent.spool.SpoolFixture.upTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Event;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the spool promises while nothing breaks. */
class SpoolTest {
    private final FaultyDisk disk = new FaultyDisk(new SplittableRandom(1));

    @Test
    void givesBackWhatItWasGivenInOrderAndNumberedFromOne() throws Exception {
        LaneSpool lane = SpoolFixture.open(disk, BOOT, 1).lane("telemetry");
        assertThat(lane.append(events(1, 10), null)).isEqualTo(new AppendResult.Accepted(1, 0));
        assertThat(lane.append(events(11, 2000), null)).isEqualTo(new AppendResult.Accepted(11, 0));
        Map<Long, Event> read = read(lane).of(lane.stream().epoch());
        assertThat(read).hasSize(2010);
        read.forEach((sequence, event) -> assertThat(event).isEqualTo(event(sequence)));
    }

    @Test
    void keepsEveryBitOfOddValues() throws Exception {
        LaneSpool lane = SpoolFixture.open(disk, BOOT, 1).lane("telemetry");
        var series = new Series("d", "m", "");
        double oddNan = Double.longBitsToDouble(0x7ff8_0000_0000_1234L);
        List<Value> values = List.of(
                new Value.Numeric(-0.0),
                new Value.Numeric(oddNan),
                new Value.Numeric(Double.NEGATIVE_INFINITY),
                new Value.Whole(Long.MIN_VALUE),
                new Value.Whole(Long.MAX_VALUE),
                new Value.Text(""));
        lane.append(
                values.stream()
                        .map(v -> new Event(series, Long.MIN_VALUE, v, Quality.BAD))
                        .toList(),
                null);
        lane.append(List.of(new Event(series, Long.MAX_VALUE, new Value.Bool(true), Quality.GOOD)), null);
        lane.flush();
        var read = (Spooled.Events) lane.cursor(Position.START).next(500, 100_000, lane.end());
        assertThat(read.events().bits(0)).isEqualTo(Double.doubleToRawLongBits(-0.0));
        assertThat(read.events().bits(1)).isEqualTo(0x7ff8_0000_0000_1234L);
        assertThat(read.events().value(3)).isEqualTo(values.get(3));
        assertThat(read.events().value(4)).isEqualTo(values.get(4));
        assertThat(read.events().value(5)).isEqualTo(values.get(5));
        assertThat(read.events().timeMicros(5)).isEqualTo(Long.MIN_VALUE);
        assertThat(read.events().timeMicros(6)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void continuesAfterACleanStopWithANewEpochAndNoGap() throws Exception {
        Spool first = SpoolFixture.open(disk, BOOT, 1);
        first.lane("telemetry").append(events(1, 100), state(100));
        first.close();

        LaneSpool lane = SpoolFixture.open(disk, SpoolFixture.NEXT_BOOT, 2).lane("telemetry");
        long old = first.lane("telemetry").stream().epoch();
        assertThat(lane.stream().epoch()).isNotEqualTo(old);
        assertThat(read(lane).of(old)).hasSize(100);
        assertThat(lane.gaps()).isEmpty();
        assertThat(lane.epochs()).first().isEqualTo(new EpochState(old, 100, upTo(100)));
    }

    @Test
    void losesNothingThatWasFlushedWhenTheProcessIsKilledAndDeclaresNoGap() throws Exception {
        Spool killed = SpoolFixture.open(disk, BOOT, 1);
        killed.lane("telemetry").append(events(1, 100), state(100));
        assertThat(killed.lane("telemetry").flush()).isTrue();
        killed.lane("telemetry").append(events(101, 50), state(150));

        Spool spool = SpoolFixture.open(disk.copy(), BOOT, 2);
        LaneSpool lane = spool.lane("telemetry");
        assertThat(read(lane).of(killed.lane("telemetry").stream().epoch())).hasSize(100);
        assertThat(lane.gaps()).isEmpty();
        assertThat(stateOf(spool)).isEqualTo(100);
    }

    @Test
    void declaresAnOpenEndedGapWhenTheMachineWentDown() throws Exception {
        Spool lost = SpoolFixture.open(disk, BOOT, 1);
        lost.lane("telemetry").append(events(1, 100), null);
        lost.lane("telemetry").sync();

        LaneSpool lane =
                SpoolFixture.open(disk.copy(), SpoolFixture.NEXT_BOOT, 2).lane("telemetry");
        assertThat(lane.gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.reason()).isEqualTo(Gap.Reason.UNSYNCED_LOSS);
            assertThat(gap.range()).isEqualTo(new Interval(101, Long.MAX_VALUE));
            assertThat(gap.fromMicros()).isEqualTo(event(100).timeMicros());
        });
        long old = lost.lane("telemetry").stream().epoch();
        assertThat(lane.isDrained()).isFalse();
        lane.settle(old, List.of(new Interval(1, Long.MAX_VALUE)));
        assertThat(lane.gaps()).isEmpty();
        assertThat(lane.isDrained()).isTrue();
    }

    @Test
    void forgetsWhatIsSettledAndKeepsTheInputsStateAllTheSame() throws Exception {
        Spool first = SpoolFixture.open(disk, BOOT, 1);
        LaneSpool lane = first.lane("telemetry");
        lane.append(events(1, 100), state(100));
        lane.flush();
        assertThat(lane.backlog()).isEqualTo(100);
        lane.settle(lane.stream().epoch(), List.of(new Interval(51, 100), new Interval(1, 50)));
        assertThat(lane.isDrained()).isTrue();
        assertThat(read(lane).of(lane.stream().epoch())).isEmpty();
        first.close();

        Spool second = SpoolFixture.open(disk, BOOT, 2);
        assertThat(stateOf(second)).isEqualTo(100);
        assertThat(second.lane("telemetry").isDrained()).isTrue();
        assertThat(second.lane("telemetry").metrics().segments()).isEqualTo(1);
    }

    @Test
    void takesAReceiptForWhatWasNeverProducedForNothing() throws Exception {
        LaneSpool lane = SpoolFixture.open(disk, BOOT, 1).lane("telemetry");
        lane.append(events(1, 10), null);
        lane.flush();
        lane.settle(lane.stream().epoch(), List.of(new Interval(5, Long.MAX_VALUE)));
        lane.append(events(11, 10), null);
        lane.flush();
        assertThat(lane.epochs().getLast().held()).containsExactly(new Interval(1, 4), new Interval(11, 20));
        assertThat(lane.settle(4711, upTo(10))).isFalse();
    }

    @Test
    void refusesAnEventThatIsTooLargeAndDeclaresItInItsPlace() throws Exception {
        LaneSpool lane = SpoolFixture.open(disk, BOOT, 1).lane("telemetry");
        var large = new Event(new Series("d", "m", ""), 77, new Value.Text("x".repeat(70_000)), Quality.GOOD);
        assertThat(lane.append(List.of(event(1), large, event(3)), null)).isEqualTo(new AppendResult.Accepted(1, 1));
        SpoolFixture.Content content = read(lane);
        assertThat(content.of(lane.stream().epoch())).containsOnlyKeys(1L, 3L);
        assertThat(content.refused())
                .containsExactly(new Gap(lane.stream(), new Interval(2, 2), Gap.Reason.REFUSED, 77, 77));
    }

    @Test
    void refusesAnAppendOfMoreThanItsLimit() throws Exception {
        LaneSpool lane = SpoolFixture.open(disk, BOOT, 1).lane("telemetry");
        assertThatThrownBy(() -> lane.append(SpoolFixture.texts(20, 60_000), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1048576");
        assertThat(lane.append(events(1, 1), null)).isEqualTo(new AppendResult.Accepted(1, 0));
    }

    @Test
    void readsOnFromAPositionAndUpToOne() throws Exception {
        LaneSpool lane = SpoolFixture.open(disk, BOOT, 1).lane("telemetry");
        lane.append(events(1, 10), null);
        lane.flush();
        Position middle = lane.end();
        lane.append(events(11, 10), null);
        lane.flush();
        Cursor before = lane.cursor(Position.START);
        assertThat(before.next(500, 100_000, middle))
                .isInstanceOfSatisfying(
                        Spooled.Events.class, e -> assertThat(e.lastSequence()).isEqualTo(10));
        assertThat(before.next(500, 100_000, middle)).isEqualTo(new Spooled.Nothing());
        assertThat(lane.cursor(middle).next(500, 100_000, lane.end()))
                .isInstanceOfSatisfying(
                        Spooled.Events.class, e -> assertThat(e.firstSequence()).isEqualTo(11));
    }

    @Test
    void keepsBatchesWithinTheAskedNumberAndBytes() throws Exception {
        LaneSpool lane = SpoolFixture.open(disk, BOOT, 1).lane("telemetry");
        lane.append(SpoolFixture.texts(10, 1000), null);
        lane.flush();
        Cursor cursor = lane.cursor(Position.START);
        assertThat(cursor.next(3, 100_000, lane.end()))
                .isInstanceOfSatisfying(
                        Spooled.Events.class, e -> assertThat(e.lastSequence()).isEqualTo(3));
        assertThat(cursor.next(500, 7000, lane.end()))
                .isInstanceOfSatisfying(
                        Spooled.Events.class, e -> assertThat(e.lastSequence()).isEqualTo(5));
    }

    @Test
    void readsPastASettledRangeInTheMiddle() throws Exception {
        LaneSpool lane = SpoolFixture.open(disk, BOOT, 1).lane("telemetry");
        lane.append(events(1, 100), null);
        lane.flush();
        lane.settle(lane.stream().epoch(), List.of(new Interval(20, 30), new Interval(40, 100)));
        Cursor cursor = lane.cursor(Position.START);
        assertThat(cursor.next(500, 100_000, lane.end()))
                .isInstanceOfSatisfying(
                        Spooled.Events.class, e -> assertThat(e.lastSequence()).isEqualTo(19));
        assertThat(cursor.next(500, 100_000, lane.end())).isInstanceOfSatisfying(Spooled.Events.class, e -> {
            assertThat(e.firstSequence()).isEqualTo(31);
            assertThat(e.lastSequence()).isEqualTo(39);
        });
        assertThat(cursor.next(500, 100_000, lane.end())).isEqualTo(new Spooled.Nothing());
    }

    @Test
    void drainsALaneThatIsNoLongerConfigured() throws Exception {
        var both = new SpoolConfig(
                SpoolFixture.DIRECTORY,
                "plant-1",
                "gw-7",
                List.of("alarm", "telemetry"),
                new SyncPolicy.Never(),
                16 * SpoolFixture.MIB,
                0,
                WhenFull.BLOCK);
        Spool first = SpoolFixture.open(disk, both, BOOT, 1, new SpoolFixture.ManualTime());
        first.lane("alarm").append(events(1, 5), state(5));
        first.close();
        Spool second = SpoolFixture.open(disk, BOOT, 2);
        assertThat(second.lanes()).extracting(LaneSpool::name).containsExactly("telemetry", "alarm");
        assertThat(read(second.lane("alarm")).of(first.lane("alarm").stream().epoch()))
                .hasSize(5);
        assertThat(stateOf(second)).isEqualTo(5);
    }

    @Test
    void refusesAFolderOfAnotherAgent() throws Exception {
        SpoolFixture.open(disk, BOOT, 1).close();
        var other = new SpoolConfig(
                SpoolFixture.DIRECTORY,
                "plant-1",
                "gw-8",
                List.of("telemetry"),
                new SyncPolicy.Never(),
                16 * SpoolFixture.MIB,
                0,
                WhenFull.BLOCK);
        assertThatThrownBy(() -> SpoolFixture.open(disk, other, BOOT, 2, new SpoolFixture.ManualTime()))
                .isInstanceOf(SpoolUnavailableException.class)
                .hasMessageContaining("belongs to agent gw-7");
    }

    @Test
    void worksOnARealDiskWithItsOwnThreadAndKeepsASecondAgentOff(@TempDir Path directory) throws Exception {
        var config = new SpoolConfig(
                directory,
                "plant-1",
                "gw-7",
                List.of("alarm", "telemetry"),
                new SyncPolicy.Every(Duration.ofMillis(10)),
                16 * SpoolFixture.MIB,
                0,
                WhenFull.BLOCK);
        Spool first = Spool.open(config, InstantSource.system());
        assertThatThrownBy(() -> Spool.open(config, InstantSource.system()))
                .isInstanceOf(SpoolUnavailableException.class)
                .hasMessageContaining(
                        "in use by process " + ProcessHandle.current().pid());
        LaneSpool lane = first.lane("telemetry");
        for (int i = 0; i < 5000; i++) {
            lane.append(events(i + 1, 1), state(i + 1));
        }
        assertThat(read(lane).of(lane.stream().epoch())).hasSize(5000);
        first.close();
        try (Spool second = Spool.open(config, InstantSource.system())) {
            assertThat(read(second.lane("telemetry")).of(lane.stream().epoch())).hasSize(5000);
            assertThat(stateOf(second)).isEqualTo(5000);
            assertThat(second.lane("telemetry").gaps()).isEmpty();
        }
    }
}
