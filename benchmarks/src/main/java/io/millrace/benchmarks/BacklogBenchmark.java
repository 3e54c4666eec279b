package io.millrace.benchmarks;

import io.millrace.agent.spool.SpoolUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Question: after a long outage, while the backlog drains as fast as it can, how long does a fresh reading wait for its
 * receipt?
 *
 * <p>Sketch: the backlog may have half of the uplink's window, and the window shrinks when receipts take longer than a
 * second. So a fresh reading waits behind a second's worth of backlog at worst, and much less as long as log and tables
 * keep up. The rate cap, which an operator may set, is off.
 */
final class BacklogBenchmark {
    private static final long EVENTS = 50_000_000;

    /** How long the agent had been alone: the backlog's events are spread over that time, until now. */
    private static final Duration OUTAGE = Duration.ofHours(2);

    private static final int FRESH_PER_APPEND = 10;
    private static final long APPEND_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final Duration DRAIN_MAX = Duration.ofMinutes(15);

    private final Path home;
    private final Path folder;
    private final Recording recording;

    BacklogBenchmark(Path home, Path folder, Recording recording) {
        this.home = home;
        this.folder = folder;
        this.recording = recording;
    }

    List<Figure> run()
            throws IOException, InputException, SQLException, InterruptedException, SpoolUnavailableException {
        var delays = new Histogram(TimeUnit.MINUTES.toNanos(15), 3);
        try (Stack stack = Stack.up(home, folder.resolve("backlog"), Stack.Demo.WITHOUT);
                var agent = new LoadAgent(folder.resolve("backlog-agent"), "agent-0", stack.mqtt(), recording)) {
            agent.fill(EVENTS, OUTAGE);
            long bytes = agent.spoolBytes();
            agent.start();
            double seconds = drain(agent, delays);
            double missing = EVENTS - stack.number("SELECT count() FROM events");
            return List.of(
                    Figure.told("backlog_events", EVENTS),
                    Figure.told("backlog_bytes_per_event", (double) bytes / EVENTS),
                    Figure.told("backlog_drained_events_per_second", EVENTS / seconds),
                    Figure.told("backlog_events_not_in_table_at_the_end", Math.max(0, missing)),
                    Figure.told("receipt_delay_beside_backlog_p50_ms", delays.getValueAtPercentile(50) / 1e6),
                    Figure.atMost(1_000, "receipt_delay_beside_backlog_p99_ms", delays.getValueAtPercentile(99) / 1e6),
                    Figure.told("receipt_delay_beside_backlog_max_ms", delays.getMaxValue() / 1e6));
        }
    }

    /** Appends fresh readings at their times, late ones with their delay from the time they should have had. */
    private static double drain(LoadAgent agent, Histogram delays) throws InputException, InterruptedException {
        long start = System.nanoTime();
        long dueNanos = start;
        long freshEvents = 0;
        for (long now = start; agent.held() - agent.heldFresh() > 0; now = System.nanoTime()) {
            if (now - start > DRAIN_MAX.toNanos()) {
                throw new InputException("%d of %d events still have no receipt after %s"
                        .formatted(agent.held(), EVENTS + freshEvents, DRAIN_MAX));
            }
            while (now - dueNanos >= 0) {
                agent.appendFresh(FRESH_PER_APPEND, dueNanos);
                freshEvents += FRESH_PER_APPEND;
                dueNanos += APPEND_EVERY_NANOS;
            }
            agent.drainFreshDelays(now, delays::recordValue);
            TimeUnit.MICROSECONDS.sleep(500);
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
