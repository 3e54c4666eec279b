package io.millrace.gateway.live;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How fast each agent's backlog drains, seen over the last minute. Not thread-safe. */
final class Backlogs {
    /** Samples closer than this are left out, since taking one costs a look at every epoch. */
    static final long EVERY_MILLIS = 5_000;

    private static final int SAMPLES_MAX = 13;

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** Who has it. */
    record Source(String site, String agent) {}

    private record Sample(long millis, Map<Source, Long> events) {}

    /**
     * @param eventsPerSecond by which the backlog shrinks, above 0
     */
    record Drain(double eventsPerSecond) {}

    boolean isDue(long millis) {
        return samples.isEmpty() || millis - samples.getLast().millis >= EVERY_MILLIS;
    }

    /**
     * @param millis wall clock; after it went back, all begins anew
     * @param events each agent's backlog
     */
    void sample(long millis, Map<Source, Long> events) {
        if (!samples.isEmpty() && millis < samples.getLast().millis) {
            samples.clear();
        }
        samples.addLast(new Sample(millis, Map.copyOf(events)));
        if (samples.size() > SAMPLES_MAX) {
            samples.removeFirst();
        }
    }

    /**
     * From when the backlog was largest within the last minute until the last sample.
     *
     * @return null where it does not shrink, or is empty
     */
    @Nullable
    Drain drain(Source source) {
        Sample last = samples.peekLast();
        Sample peak = null;
        for (Sample sample : samples) {
            if (peak == null || of(sample, source) >= of(peak, source)) {
                peak = sample;
            }
        }
        if (last == null || peak == null || of(last, source) == 0 || of(peak, source) <= of(last, source)) {
            return null;
        }
        return new Drain((of(peak, source) - of(last, source)) * 1000.0 / (last.millis - peak.millis));
    }

    private static long of(Sample sample, Source source) {
        return sample.events.getOrDefault(source, 0L);
    }
}
