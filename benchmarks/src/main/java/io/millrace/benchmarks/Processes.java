package io.millrace.benchmarks;

import java.util.concurrent.TimeUnit;

/** Processes that a benchmark has started. */
final class Processes {
    private static final int STOP_SECONDS_MAX = 30;

    private Processes() {}

    /** Ends one in peace, also for a thread that was interrupted before; by force if that takes long. */
    static void stop(Process process) {
        boolean interrupted = Thread.interrupted();
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
