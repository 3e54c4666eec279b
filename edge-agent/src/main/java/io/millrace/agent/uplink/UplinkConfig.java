package io.millrace.agent.uplink;

import io.millrace.model.EventBatch;
import io.millrace.model.Names;
import java.time.Duration;

/**
 * How an agent ships its events.
 *
 * @param version of the agent's software, for its status
 * @param batchEventsMax most events in a message, 1 to {@value EventBatch#EVENTS_MAX}
 * @param linger how long a batch that is not full waits for more, 0 to 1 s; up to 600 ms where receipts take long
 * @param windowMax most messages without a receipt, 1 to 1000
 * @param receiptTimeout how long the first receipt is awaited before a message is sent again, 100 ms to 10 min
 * @param backfill how a backlog drains beside live events
 */
public record UplinkConfig(
        String site,
        String agent,
        String version,
        int batchEventsMax,
        Duration linger,
        int windowMax,
        Duration receiptTimeout,
        Backfill backfill) {
    public UplinkConfig {
        Names.check("site", site);
        Names.check("agent", agent);
        check(
                batchEventsMax >= 1 && batchEventsMax <= EventBatch.EVENTS_MAX,
                "batch-events",
                batchEventsMax,
                "1 to 10000");
        check(isBetween(linger, Duration.ZERO, Duration.ofSeconds(1)), "linger", linger, "0 to 1 s");
        check(windowMax >= 1 && windowMax <= 1000, "window", windowMax, "1 to 1000");
        check(
                isBetween(receiptTimeout, Duration.ofMillis(100), Duration.ofMinutes(10)),
                "receipt-timeout",
                receiptTimeout,
                "100 ms to 10 min");
    }

    /** The usual figures: batches of 500, 5 ms linger, window 64, receipts awaited for 5 s. */
    public static UplinkConfig of(String site, String agent, String version, Backfill backfill) {
        return new UplinkConfig(site, agent, version, 500, Duration.ofMillis(5), 64, Duration.ofSeconds(5), backfill);
    }

    /** The usual figures, and live events first. */
    public static UplinkConfig of(String site, String agent, String version, int backfillEventsPerSecondMax) {
        return of(site, agent, version, Backfill.liveFirst(backfillEventsPerSecondMax));
    }

    private static boolean isBetween(Duration d, Duration min, Duration max) {
        return d.compareTo(min) >= 0 && d.compareTo(max) <= 0;
    }

    private static void check(boolean ok, String key, Object value, String rule) {
        if (!ok) {
            throw new IllegalArgumentException("%s is %s, expected %s".formatted(key, value, rule));
        }
    }
}
