package io.millrace.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.model.Value;
import io.millrace.simulator.fleet.Fleet.Transport;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FleetTest {
    private static final long SEED = 7;
    private static final Metric METRIC = new Metric("temperature", "°C", new Signal.Sine(21, 4, 600, 0.1, 2));
    private static final Metric OTHER = new Metric("humidity", "%", new Signal.Walk(0, 100, 60, 1));

    private static Fleet fleet(int units, int devices, double samplesPerSecond, double jitter) {
        return new Fleet(0, "pump", Transport.AGENT, units, devices, List.of(METRIC, OTHER), samplesPerSecond, jitter);
    }

    @Test
    void producesExactlyTheRateTimesTheSecondsHoweverManyUnitsShareIt() {
        for (int units : new int[] {1, 3, 7, 100, 5_000}) {
            Fleet fleet = fleet(units, 4, 1_000, 0);
            long sum = 0;
            for (int unit = 0; unit < units; unit++) {
                sum += fleet.eventsOf(unit, 3_000_000);
            }
            assertThat(sum).isEqualTo(6_000);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.4})
    void aTimeTellsItsSampleAndOnlyTimesOfSamplesDo(double jitter) {
        Fleet fleet = fleet(3, 4, 977.3, jitter);
        for (int unit = 0; unit < 3; unit++) {
            long before = -1;
            for (long sample = 0; sample < 5_000; sample++) {
                long offset = fleet.offsetMicros(SEED, unit, sample);
                assertThat(offset).isGreaterThan(before);
                assertThat(fleet.sampleAt(SEED, unit, fleet.deviceOf(sample), offset))
                        .isEqualTo(sample);
                assertThat(fleet.sampleAt(SEED, unit, (fleet.deviceOf(sample) + 1) % 4, offset))
                        .isEqualTo(-1);
                assertThat(fleet.sampleAt(SEED, unit, fleet.deviceOf(sample), offset + 1))
                        .isEqualTo(-1);
                before = offset;
            }
        }
    }

    @Test
    void aRampShiftsEachUnitsScheduleToWhenItIsSwitchedOn() {
        Fleet fleet = fleet(10, 2, 100, 0.1).with(new Skew(1, 20_000_000, 50), Format.JSON, 5_000_000);
        long events = 0;
        for (int unit = 0; unit < 10; unit++) {
            long on = fleet.onMicros(unit);
            assertThat(on).isEqualTo(unit * 500_000L);
            assertThat(fleet.offsetMicros(SEED, unit, 0)).isBetween(on, on + 200_000);
            for (long sample = 0; sample < 100; sample++) {
                long stamp = fleet.stampMicros(SEED, unit, sample);
                assertThat(fleet.sampleAt(SEED, unit, fleet.deviceOf(sample), stamp))
                        .isEqualTo(sample);
            }
            long last = fleet.samplesOf(unit, 4_000_000) - 1;
            assertThat(last < 0 ? 0 : fleet.offsetMicros(SEED, unit, last)).isLessThan(4_100_000);
            events += fleet.eventsOf(unit, 4_000_000);
        }
        assertThat(events).isEqualTo(2 * (40 + 35 + 30 + 25 + 20 + 15 + 10 + 5));
    }

    @Test
    void theSameSeedSaysTheSameInAnyOrderAndAnotherSaysOtherwise() {
        Fleet fleet = fleet(3, 4, 100, 0.1);
        Value late = fleet.value(SEED, 2, 999, 1);
        Value early = fleet.value(SEED, 2, 3, 1);
        Fleet again = fleet(3, 4, 100, 0.1);
        assertThat(again.value(SEED, 2, 3, 1)).isEqualTo(early);
        assertThat(again.value(SEED, 2, 999, 1)).isEqualTo(late);
        assertThat(again.value(SEED + 1, 2, 999, 1)).isNotEqualTo(late);
        assertThat(again.value(SEED, 1, 999, 1)).isNotEqualTo(late);
    }

    /** A change here makes old reports worthless: they name a seed that no longer means the same. */
    @Test
    void whatASeedMeansStaysTheSameForEver() {
        Fleet fleet = fleet(3, 4, 100, 0.1);
        assertThat(fleet.value(SEED, 2, 999, 0)).isEqualTo(new Value.Numeric(GOLDEN_SINE));
        assertThat(fleet.value(SEED, 2, 999, 1)).isEqualTo(new Value.Numeric(GOLDEN_WALK));
        assertThat(fleet.offsetMicros(SEED, 2, 999)).isEqualTo(GOLDEN_OFFSET);
    }

    private static final double GOLDEN_SINE = 23.28;
    private static final double GOLDEN_WALK = 43.4;
    private static final long GOLDEN_OFFSET = 29_991_566;

    @Test
    void findsADeviceByItsNameAndNoOther() {
        Fleet fleet = fleet(12, 4, 100, 0);
        for (int unit = 0; unit < 12; unit++) {
            for (int device = 0; device < 4; device++) {
                assertThat(fleet.device(fleet.deviceName(unit, device))).isEqualTo(new Fleet.Device(unit, device));
            }
        }
        for (String name : List.of(
                "pump",
                "pump-",
                "pump-0/1",
                "pump-13/1",
                "pump-1",
                "pump-1/0",
                "pump-1/5",
                "pump-01/1",
                "pumps-1/1",
                "pump-1/1x",
                "pump-99999999999999999999/1")) {
            assertThat(fleet.device(name)).as(name).isNull();
        }
    }

    @Test
    void refusesAScheduleThatItsTimesCouldNotTellApart() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fleet(1, 1, 1_000_000, 0))
                .withMessageContaining("fleet pump has 1000000.0 samples a second");
        assertThatIllegalArgumentException().isThrownBy(() -> fleet(0, 1, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> fleet(1, 1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> fleet(1, 1, 1, 0.5));
    }
}
