package io.millrace.agent.spool;

import static io.millrace.agent.spool.SpoolFixture.events;
import static io.millrace.agent.spool.SpoolFixture.state;
import static io.millrace.agent.spool.SpoolFixture.stateOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Event;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Power goes at every disk operation of a long run in turn, and once more during the recovery that follows. */
class PowerLossTest {
    private static final long SEED = 20_260_101;
    private static final int APPENDS = 40;

    /** The first of two lanes has 4 MiB, so segments of 512 KiB. */
    private static final SpoolConfig CONFIG = new SpoolConfig(
            SpoolFixture.DIRECTORY,
            "plant-1",
            "gw-7",
            List.of("alarm", "telemetry"),
            new SyncPolicy.Every(Duration.ofMillis(500)),
            16 * SpoolFixture.MIB,
            0,
            WhenFull.BLOCK);

    private static List<Event> large(long from, int count) {
        return LongStream.range(from, from + count)
                .mapToObj(n -> new Event(
                        new Series("device", "text", ""), n, new Value.Text(n + "y".repeat(1200)), Quality.GOOD))
                .toList();
    }

    /** What a run knows of itself when the power goes. */
    private static final class Model {
        private final IntervalSet settled = new IntervalSet();
        private long epoch;
        private long produced;
        private long synced;
    }

    static IntStream everyDiskOperation() throws Exception {
        var disk = new FaultyDisk(new SplittableRandom(SEED));
        run(disk, SEED);
        return IntStream.rangeClosed(1, disk.operations());
    }

    @ParameterizedTest(name = "power lost at disk operation {0}")
    @MethodSource("everyDiskOperation")
    void whatWasForcedSurvivesAndTheRestIsDeclared(int operation) throws Exception {
        var disk = new FaultyDisk(new SplittableRandom(SEED + operation));
        disk.losePowerAt(operation);
        Model model = run(disk, SEED);
        verify(disk.afterPowerCut(), model);
    }

    @Test
    void aSecondPowerCutDuringRecoveryLosesNothingMore() throws Exception {
        int operations = (int) everyDiskOperation().count();
        for (int operation = 3; operation < operations; operation += 11) {
            for (int again = 1; again < 12; again += 2) {
                var disk = new FaultyDisk(new SplittableRandom(SEED + operation * 100L + again));
                disk.losePowerAt(operation);
                Model model = run(disk, SEED);
                FaultyDisk recovering = disk.afterPowerCut();
                recovering.losePowerAt(again);
                openAndForget(recovering);
                verify(recovering.afterPowerCut(), model);
            }
        }
    }

    private static void openAndForget(FaultyDisk disk) {
        try {
            SpoolFixture.open(disk, CONFIG, new UUID(3, 3), 77, new SpoolFixture.ManualTime());
        } catch (SpoolUnavailableException e) {
            assertThat(disk.isPowerLost())
                    .as("refused though the power was on: %s", e)
                    .isTrue();
        }
    }

    /** Appends, syncs, settles and cleans up in a seeded order; small segments, so that all of it happens. */
    private static Model run(FaultyDisk disk, long seed) throws Exception {
        var random = new SplittableRandom(seed);
        var model = new Model();
        var time = new SpoolFixture.ManualTime();
        Spool spool;
        try {
            spool = SpoolFixture.open(disk, CONFIG, SpoolFixture.BOOT, seed, time);
        } catch (SpoolUnavailableException e) {
            assertThat(disk.isPowerLost())
                    .as("refused though the power was on: %s", e)
                    .isTrue();
            return model;
        }
        LaneSpool lane = spool.lane("alarm");
        model.epoch = lane.stream().epoch();
        for (int i = 0; i < APPENDS && !disk.isPowerLost(); i++) {
            int count = random.nextInt(1, 60);
            if (lane.append(large(model.produced + 1, count), state(model.produced + count))
                    instanceof AppendResult.Accepted) {
                model.produced += count;
            }
            time.forward(Duration.ofMillis(400));
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    if (lane.sync()) {
                        model.synced = model.produced;
                    }
                }
                case 2 -> lane.flush();
                case 3 -> settle(lane, model, random);
                case 4 -> lane.maintain();
                default -> {}
            }
        }
        return model;
    }

    private static void settle(LaneSpool lane, Model model, SplittableRandom random) {
        lane.flush();
        long produced = lane.epochs().getLast().produced();
        if (produced > 0) {
            long first = random.nextLong(produced / 2 + 1) + 1;
            long last = Math.min(produced, first + random.nextLong(1000));
            lane.settle(model.epoch, List.of(new Interval(first, last)));
            model.settled.add(first, last);
        }
    }

    private static void verify(FaultyDisk disk, Model model) throws Exception {
        Spool spool = SpoolFixture.open(disk, CONFIG, SpoolFixture.NEXT_BOOT, 99, new SpoolFixture.ManualTime());
        LaneSpool lane = spool.lane("alarm");
        SpoolFixture.Content content = SpoolFixture.read(lane);
        var there = new IntervalSet();
        content.of(model.epoch).forEach((sequence, event) -> {
            assertThat(event).isEqualTo(large(sequence, 1).getFirst());
            there.add(sequence, sequence);
        });
        IntervalSet gaps = content.gapsOf(model.epoch);

        var kept = IntervalSet.copyOf(there);
        kept.addAll(model.settled);
        if (model.synced > 0) {
            assertThat(kept.missingFrom(1, model.synced)).as("forced and lost").isEmpty();
            assertThat(gaps.missingFrom(1, model.synced))
                    .as("gap over what was forced")
                    .isNotEmpty();
        }
        var explained = IntervalSet.copyOf(kept);
        explained.addAll(gaps);
        if (model.produced > 0 && model.synced > 0) {
            assertThat(explained.missingFrom(1, model.produced))
                    .as("lost and not declared")
                    .isEmpty();
        }
        IntervalSet wrong = IntervalSet.copyOf(there);
        gaps.forEach(gap -> assertThat(wrong.missingFrom(gap.first(), gap.last()))
                .as("gap over an event that is there")
                .containsExactly(gap));
        if (!there.isEmpty()) {
            long last = there.intervals().getLast().last();
            assertThat(stateOf(spool))
                    .as("input's state and its events are one")
                    .isGreaterThanOrEqualTo(last);
        }
        assertThat(stateOf(spool)).isGreaterThanOrEqualTo(model.synced).isLessThanOrEqualTo(model.produced);
        lane.append(events(1, 5), null);
        assertThat(SpoolFixture.read(lane).of(lane.stream().epoch())).hasSize(5);
    }
}
