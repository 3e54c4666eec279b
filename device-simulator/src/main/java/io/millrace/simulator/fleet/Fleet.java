package io.millrace.simulator.fleet;

import io.millrace.model.Names;
import io.millrace.model.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Units of one kind, each with a connection of its own: plain devices, or agents with devices behind them. The fleet
 * samples in turn: sample {@code g} of the fleet belongs to unit {@code g % units}, as its sample {@code g / units}; a
 * unit's sample {@code n} is of its device {@code n % devicesPerUnit} and reads all metrics at once. So what a fleet
 * produces is a pure function of its definition, the seed and the sample's number.
 *
 * @param index of the fleet in its population; part of the seed
 * @param name of the kind; units are {@code name-1}, {@code name-2}, …
 * @param units 1 or more
 * @param devicesPerUnit 1 for plain devices
 * @param samplesPerSecond of the whole fleet, above 0
 * @param jitter how far a sample may be off its time, as a part of the unit's period, 0 to {@value #JITTER_MAX}
 * @param skew how wrong the units' clocks are
 * @param format what plain devices' messages look like
 * @param rampMicros time over which the units are switched on, one after the other; each begins its schedule then
 */
public record Fleet(
        int index,
        String name,
        Transport transport,
        int units,
        int devicesPerUnit,
        List<Metric> metrics,
        double samplesPerSecond,
        double jitter,
        Skew skew,
        Format format,
        long rampMicros) {
    public static final double JITTER_MAX = 0.4;

    /** Of a device; below this its times, in microseconds, would no longer tell its samples apart. */
    public static final double DEVICE_PERIOD_MICROS_MIN = 5;

    /** How a unit speaks. */
    public enum Transport {
        /** One reading a message, as JSON. */
        PLAIN,
        /** Batches of the agent's own uplink. */
        AGENT
    }

    public Fleet {
        Names.check("fleet", name);
        metrics = List.copyOf(metrics);
        if (units < 1 || devicesPerUnit < 1 || metrics.isEmpty()) {
            throw new IllegalArgumentException(
                    "fleet %s has %d units with %d devices and %d metrics, expected at least one of each"
                            .formatted(name, units, devicesPerUnit, metrics.size()));
        }
        if (transport == Transport.PLAIN && devicesPerUnit != 1) {
            throw new IllegalArgumentException(
                    "fleet %s has %d devices behind a plain device, expected 1".formatted(name, devicesPerUnit));
        }
        double devicePeriod = 1e6 * units * devicesPerUnit / samplesPerSecond;
        if (!(samplesPerSecond > 0) || devicePeriod < DEVICE_PERIOD_MICROS_MIN) {
            throw new IllegalArgumentException(
                    "fleet %s has %s samples a second, expected above 0 and at most one each %s microseconds of a device"
                            .formatted(name, samplesPerSecond, DEVICE_PERIOD_MICROS_MIN));
        }
        if (rampMicros < 0) {
            throw new IllegalArgumentException(
                    "ramp of fleet %s is %d microseconds, expected 0 or more".formatted(name, rampMicros));
        }
        if (!(jitter >= 0 && jitter <= JITTER_MAX)) {
            throw new IllegalArgumentException(
                    "jitter of fleet %s is %s, expected 0 to %s".formatted(name, jitter, JITTER_MAX));
        }
    }

    /** All on from the beginning, with clocks that are right, and JSON. */
    public Fleet(
            int index,
            String name,
            Transport transport,
            int units,
            int devicesPerUnit,
            List<Metric> metrics,
            double samplesPerSecond,
            double jitter) {
        this(
                index,
                name,
                transport,
                units,
                devicesPerUnit,
                metrics,
                samplesPerSecond,
                jitter,
                Skew.NONE,
                Format.JSON,
                0);
    }

    /** The same with clocks like that, such messages and such a ramp. */
    public Fleet with(Skew otherSkew, Format otherFormat, long otherRampMicros) {
        return new Fleet(
                index,
                name,
                transport,
                units,
                devicesPerUnit,
                metrics,
                samplesPerSecond,
                jitter,
                otherSkew,
                otherFormat,
                otherRampMicros);
    }

    /** When a unit is switched on, in microseconds since the run began. */
    public long onMicros(int unit) {
        return rampMicros * unit / units;
    }

    /** Samples of all units within so many microseconds, jitter left out, if all are on from the beginning. */
    public long samples(long horizonMicros) {
        return Math.round(samplesPerSecond * (horizonMicros / 1e6));
    }

    /** Those of one unit, from when it is switched on. */
    public long samplesOf(int unit, long horizonMicros) {
        return Math.max(0, (samples(horizonMicros - onMicros(unit)) - unit + units - 1) / units);
    }

    /** Events of one unit. */
    public long eventsOf(int unit, long horizonMicros) {
        return samplesOf(unit, horizonMicros) * metrics.size();
    }

    /** When a unit takes a sample, in microseconds since the run began; grows with the sample. */
    public long offsetMicros(long seed, int unit, long sample) {
        double period = 1e6 / samplesPerSecond;
        double exact = ((double) sample * units + unit) * period;
        if (jitter == 0) {
            return onMicros(unit) + (long) exact;
        }
        double off = (2 * Draw.uniform(Draw.key(Draw.key(unitKey(seed, unit), -1), sample)) - 1) * jitter;
        return onMicros(unit) + Math.max(0, (long) (exact + off * period * units));
    }

    /** What time a sample bears, in microseconds since the run began: that of the unit's clock. */
    public long stampMicros(long seed, int unit, long sample) {
        return skew.shown(unitKey(seed, unit), offsetMicros(seed, unit, sample));
    }

    /**
     * Which sample of a unit it is that bears that time.
     *
     * @param stampMicros since the run began, by the unit's clock
     * @return the sample, or -1 if the device took none then
     */
    public long sampleAt(long seed, int unit, int device, long stampMicros) {
        double about = skew.about(unitKey(seed, unit), stampMicros) - onMicros(unit);
        double ofUnit = (about * samplesPerSecond / 1e6 - unit) / units;
        long near = device + devicesPerUnit * Math.round((ofUnit - device) / devicesPerUnit);
        for (long sample = near - devicesPerUnit; sample <= near + devicesPerUnit; sample += devicesPerUnit) {
            if (sample >= 0 && stampMicros(seed, unit, sample) == stampMicros) {
                return sample;
            }
        }
        return -1;
    }

    /** Which of the unit's devices a sample is of. */
    public int deviceOf(long sample) {
        return (int) (sample % devicesPerUnit);
    }

    /** What a sample says of a metric. */
    public Value value(long seed, int unit, long sample, int metric) {
        long series = Draw.key(Draw.key(unitKey(seed, unit), deviceOf(sample)), metric);
        double seconds = offsetMicros(seed, unit, sample) / 1e6;
        return metrics.get(metric).signal().at(series, sample / devicesPerUnit, seconds);
    }

    private long unitKey(long seed, int unit) {
        return Draw.key(Draw.key(seed, index), unit);
    }

    /** How the unit calls itself: the plain device's name, or the agent's. */
    public String unitName(int unit) {
        return name + "-" + (unit + 1);
    }

    /** The unit of that name; -1 if it is none of the fleet's. */
    public int unit(String unitName) {
        if (!unitName.startsWith(name) || unitName.length() <= name.length() + 1) {
            return -1;
        }
        int unit = number(unitName, name.length() + 1, unitName.length()) - 1;
        return unit >= 0 && unit < units && unitName.equals(unitName(unit)) ? unit : -1;
    }

    /** How a device of the unit is called. */
    public String deviceName(int unit, int device) {
        return transport == Transport.PLAIN ? unitName(unit) : unitName(unit) + "/" + (device + 1);
    }

    /** One of the fleet's devices. */
    public record Device(int unit, int device) {}

    /** The device of that name; null if it is none of the fleet's. */
    public @Nullable Device device(String deviceName) {
        if (!deviceName.startsWith(name) || deviceName.length() <= name.length() + 1) {
            return null;
        }
        int slash = deviceName.indexOf('/', name.length());
        int unit = number(deviceName, name.length() + 1, slash < 0 ? deviceName.length() : slash) - 1;
        int device = slash < 0 ? 0 : number(deviceName, slash + 1, deviceName.length()) - 1;
        boolean exists = unit >= 0 && unit < units && device >= 0 && device < devicesPerUnit;
        return exists && deviceName.equals(deviceName(unit, device)) ? new Device(unit, device) : null;
    }

    /** 0 if it is none. */
    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || number > 100_000_000) {
                return 0;
            }
            number = 10 * number + c - '0';
        }
        return number;
    }
}
