package io.millrace.simulator.run;

/**
 * One second of a run.
 *
 * @param atSeconds since the run began, at the end of that second
 * @param connected connections at that instant
 * @param sent events sent for the first time in that second
 * @param acknowledged events acknowledged, or covered by receipts, in that second
 * @param receiptP50Millis delay of these from their intended time, 0 if there were none; the others likewise
 * @param visibleMaxMillis longest delay of those of which the store showed a row first in that second, 0 if there were
 *     none or nobody looked
 * @param connectionsLost in that second
 * @param refused messages that the broker did not take, in that second
 */
public record Sample(
        double atSeconds,
        long connected,
        long sent,
        long acknowledged,
        double receiptP50Millis,
        double receiptP99Millis,
        double receiptMaxMillis,
        double visibleMaxMillis,
        long connectionsLost,
        long refused) {
    /** The same at another time. */
    Sample at(double seconds) {
        return new Sample(
                seconds,
                connected,
                sent,
                acknowledged,
                receiptP50Millis,
                receiptP99Millis,
                receiptMaxMillis,
                visibleMaxMillis,
                connectionsLost,
                refused);
    }
}
