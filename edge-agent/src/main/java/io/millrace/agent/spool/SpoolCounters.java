package io.millrace.agent.spool;

/** What a lane counts. Guarded by the lane's lock. */
final class SpoolCounters {
    long eventsAccepted;
    long eventsRefused;
    long eventsDropped;
    long eventsExpired;
    long bytesWritten;
    long writesFailed;
    long forcesFailed;
    long segmentsDamaged;
}
