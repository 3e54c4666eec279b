package io.millrace.simulator.fleet;

import io.millrace.model.Value;

/** How a quantity behaves over time: a pure function, so that any reading can be made again by itself. */
public sealed interface Signal {
    /**
     * The reading at an instant.
     *
     * @param key of the series: the same key, the same signal
     * @param n which reading of the series it is, from 0
     * @param seconds since the run began
     */
    Value at(long key, long n, double seconds);

    /** A day's course, or a machine's: a sine around a mean, each device with a phase of its own, and noise. */
    record Sine(double mean, double amplitude, double periodSeconds, double noise, int decimals) implements Signal {
        @Override
        public Value at(long key, long n, double seconds) {
            double phase = Draw.uniform(Draw.key(key, -1));
            double wave = Math.sin(2 * Math.PI * (seconds / periodSeconds + phase));
            return number(mean + amplitude * wave + noise * Draw.normal(Draw.key(key, n)), decimals);
        }
    }

    /** Wanders within bounds, slowly and quickly at once, as a sum of smooth noises whose periods double. */
    record Walk(double min, double max, double periodSeconds, int decimals) implements Signal {
        private static final int OCTAVES = 5;

        @Override
        public Value at(long key, long n, double seconds) {
            double sum = 0;
            double weights = 0;
            double x = seconds / periodSeconds;
            double weight = 1;
            for (int i = 0; i < OCTAVES; i++) {
                sum += weight * Draw.smooth(Draw.key(key, i), x);
                weights += weight;
                weight /= 2;
                x *= 2;
            }
            return number(min + (max - min) * (1 + sum / weights) / 2, decimals);
        }
    }

    /** On for a part of each cycle: a compressor, a pump. */
    record DutyCycle(double periodSeconds, double share, double on, double off, int decimals) implements Signal {
        @Override
        public Value at(long key, long n, double seconds) {
            return number(isOn(key, seconds, periodSeconds, share) ? on : off, decimals);
        }
    }

    /** True for a part of each cycle: a door, a switch. */
    record OnOff(double periodSeconds, double share) implements Signal {
        @Override
        public Value at(long key, long n, double seconds) {
            return new Value.Bool(isOn(key, seconds, periodSeconds, share));
        }
    }

    /** Counts up, by a varying amount, and begins at 0 again after so many readings: a meter that is restarted. */
    record Counter(long perReadingMax, long readingsPerReset) implements Signal {
        @Override
        public Value at(long key, long n, double seconds) {
            long sinceReset = (n + (long) (Draw.uniform(Draw.key(key, -1)) * readingsPerReset)) % readingsPerReset;
            long whole = sinceReset * perReadingMax / 2;
            long wobble = (long) (Draw.uniform(Draw.key(key, n)) * perReadingMax / 2);
            return new Value.Whole(whole + wobble);
        }
    }

    /** Stays at one of some levels for a while, then at another: a set point, a recipe. */
    record Steps(double min, double max, int levels, double holdSeconds, int decimals) implements Signal {
        @Override
        public Value at(long key, long n, double seconds) {
            long step = (long) Math.floor(seconds / holdSeconds + Draw.uniform(Draw.key(key, -1)));
            long level = (long) (Draw.uniform(Draw.key(key, step)) * levels);
            return number(min + (max - min) * level / Math.max(1, levels - 1), decimals);
        }
    }

    /** Healthy until a fault begins, for some devices; from then on the other signal. */
    record Faulty(Signal healthy, Signal broken, double fromSeconds, double share) implements Signal {
        @Override
        public Value at(long key, long n, double seconds) {
            boolean affected = Draw.uniform(Draw.key(key, -2)) < share;
            return (affected && seconds >= fromSeconds ? broken : healthy).at(key, n, seconds);
        }
    }

    /** A recording, over and over; all devices play the same row at the same time. */
    @SuppressWarnings("ArrayRecordComponent") // made once, compared by nobody
    record Played(double[] values) implements Signal {
        @Override
        public Value at(long key, long n, double seconds) {
            return new Value.Numeric(values[(int) (n % values.length)] + 0.0);
        }
    }

    private static boolean isOn(long key, double seconds, double periodSeconds, double share) {
        double cycles = seconds / periodSeconds + Draw.uniform(Draw.key(key, -1));
        return cycles - Math.floor(cycles) < share;
    }

    /** As a sensor reports it: so many decimals. */
    private static Value number(double value, int decimals) {
        double scale = Math.pow(10, decimals);
        return new Value.Numeric(Math.rint(value * scale) / scale + 0.0); // never -0.0
    }
}
