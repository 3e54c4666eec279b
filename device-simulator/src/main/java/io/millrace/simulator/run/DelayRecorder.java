package io.millrace.simulator.run;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Keeps the delays that it is told, in microseconds. Thread-safe. */
final class DelayRecorder {
    private final Histogram micros = new ConcurrentHistogram(Tally.DELAY_MICROS_MAX, 3);

    void record(long delayMicros) {
        micros.recordValue(Math.clamp(delayMicros, 0, Tally.DELAY_MICROS_MAX));
    }

    /** All so far. */
    Delays delays() {
        return new Delays(micros.copy());
    }
}
