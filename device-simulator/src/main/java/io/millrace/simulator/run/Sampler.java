package io.millrace.simulator.run;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Reads the tally once a second: adds the delays up, keeps what each second was like, and tells it. */
final class Sampler implements AutoCloseable {
    /** Seconds that are kept; later ones only count in the sums. */
    private static final int SAMPLES_MAX = 24 * 3_600;

    private final Tally tally;
    private final RunClock clock;
    private final Consumer<Sample> progress;
    private final Thread thread = Thread.ofVirtual().name("sampler").unstarted(this::run);
    private final List<Sample> samples = new ArrayList<>();
    private final Histogram receipts = new Histogram(Tally.DELAY_MICROS_MAX, 3);
    private @Nullable Histogram recycled;
    private long sentBefore;
    private long acknowledgedBefore;
    private long lostBefore;
    private long refusedBefore;
    private volatile boolean stopped;

    Sampler(Tally tally, RunClock clock, Consumer<Sample> progress) {
        this.tally = tally;
        this.clock = clock;
        this.progress = progress;
    }

    /** The schedule begins. */
    void start() {
        thread.start();
    }

    private void run() {
        try {
            for (long second = 1; !stopped; second++) {
                long left = TimeUnit.SECONDS.toMicros(second) - clock.offsetMicros();
                if (left > 0) {
                    TimeUnit.MICROSECONDS.sleep(left);
                }
                progress.accept(take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
    }

    private synchronized Sample take() {
        Histogram interval = tally.receiptDelays.getIntervalHistogram(recycled);
        recycled = interval;
        receipts.add(interval);
        long sent = tally.sent.sum();
        long acknowledged = tally.acknowledged.sum();
        long lost = tally.connectionsLost.sum();
        long refused = tally.refused.sum();
        var sample = new Sample(
                clock.offsetMicros() / 1e6,
                tally.connected.sum(),
                sent - sentBefore,
                acknowledged - acknowledgedBefore,
                interval.getValueAtPercentile(50) / 1e3,
                interval.getValueAtPercentile(99) / 1e3,
                interval.getMaxValue() / 1e3,
                tally.takeVisibleMaxMicros() / 1e3,
                lost - lostBefore,
                refused - refusedBefore);
        sentBefore = sent;
        acknowledgedBefore = acknowledged;
        lostBefore = lost;
        refusedBefore = refused;
        if (samples.size() < SAMPLES_MAX) {
            samples.add(sample);
        }
        return sample;
    }

    /** All seconds so far. */
    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** The delays up to the last whole second, in microseconds. */
    synchronized Histogram receiptsSoFar() {
        return receipts.copy();
    }

    /** All delays so far, in microseconds. */
    synchronized Histogram receipts() {
        take();
        return receipts.copy();
    }
}
