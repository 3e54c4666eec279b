package io.millrace.store.derive;

import io.millrace.store.derive.Derivation.Rebuild;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** How fast a rebuild has been over the last seconds. One thread moves it, any may ask. */
final class Speed {
    private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SAMPLES_MAX = 10;

    private final LongSupplier nanos;
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private Sample now;

    private record Sample(long nanos, long position, long events) {}

    /**
     * @param nanos monotonic clock
     */
    Speed(LongSupplier nanos) {
        this.nanos = nanos;
        now = new Sample(nanos.getAsLong(), 0, 0);
        samples.add(now);
    }

    /** One more entry was folded. */
    synchronized void folded(long position, int freshEvents) {
        now = new Sample(nanos.getAsLong(), position, now.events + freshEvents);
        if (now.nanos - samples.getLast().nanos >= SAMPLE_NANOS) {
            samples.addLast(now);
            if (samples.size() > SAMPLES_MAX) {
                samples.removeFirst();
            }
        }
    }

    synchronized Rebuild progress(RebuildTarget target, long until) {
        Sample then = samples.getFirst();
        double seconds = (now.nanos - then.nanos) / 1e9;
        double entriesPerSecond = seconds > 0 ? (now.position - then.position) / seconds : 0;
        double eventsPerSecond = seconds > 0 ? (now.events - then.events) / seconds : 0;
        double left = entriesPerSecond > 0 ? Math.max(0, until - now.position) / entriesPerSecond : Double.NaN;
        return new Rebuild(target, now.position, until, eventsPerSecond, left);
    }

    /** Readings folded, from the beginning. */
    synchronized long events() {
        return now.events;
    }
}
