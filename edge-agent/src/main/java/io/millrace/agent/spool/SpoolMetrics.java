package io.millrace.agent.spool;

/**
 * Where a lane's spool stands at one instant; counters count since the start of the process.
 *
 * @param bytes of its files
 * @param bytesMax their limit
 * @param eventsHeld not settled by a receipt
 * @param eventsDropped given up because there was no room, declared as gaps {@code disk_full}
 * @param eventsExpired given up because they waited longer than the lane's maximum age, declared as gaps {@code expired}
 * @param gapsPending declared and not settled
 */
public record SpoolMetrics(
        String lane,
        long bytes,
        long bytesMax,
        long segments,
        long eventsHeld,
        long eventsAccepted,
        long eventsRefused,
        long eventsDropped,
        long eventsExpired,
        long bytesWritten,
        long writesFailed,
        long forcesFailed,
        long segmentsDamaged,
        int gapsPending) {}
