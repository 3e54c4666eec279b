package io.millrace.simulator;

import io.millrace.simulator.run.Narrator;
import io.millrace.simulator.run.Sample;
import java.io.PrintStream;
import java.util.Locale;

/** Tells how a run goes, a line each few seconds. */
final class Progress implements Narrator {
    private static final int EVERY_SECONDS = 5;

    private final PrintStream err;
    private final double seconds;
    private int samples;
    private long sent;
    private long acknowledged;

    Progress(PrintStream err, double seconds) {
        this.err = err;
        this.seconds = seconds;
    }

    @Override
    public void says(String what) {
        err.println("simulate: " + what);
    }

    @Override
    public synchronized void progress(Sample sample) {
        samples++;
        sent += sample.sent();
        acknowledged += sample.acknowledged();
        if (samples % EVERY_SECONDS == 0) {
            double left = Math.max(0, seconds - sample.atSeconds());
            err.println(String.format(
                    Locale.ROOT,
                    "simulate: %.0f s, %.0f s left, %d connected, %d events/s, %d under way, receipt p99 %s,"
                            + " connections lost %d, refused %d",
                    sample.atSeconds(),
                    left,
                    sample.connected(),
                    sample.sent(),
                    sent - acknowledged,
                    sample.acknowledged() == 0
                            ? "none"
                            : String.format(Locale.ROOT, "%.0f ms", sample.receiptP99Millis()),
                    sample.connectionsLost(),
                    sample.refused()));
        }
    }
}
