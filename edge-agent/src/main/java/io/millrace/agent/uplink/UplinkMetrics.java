package io.millrace.agent.uplink;

/**
 * Where an uplink stands at one instant; counters count since the start of the process.
 *
 * @param state {@code waiting}, {@code connecting}, {@code online} or {@code closed}
 * @param window messages that may be without a receipt at present
 * @param receiptDelayMicros smoothed time from sending to receipt, 0 before the first one
 */
public record UplinkMetrics(
        String state,
        long connects,
        long messagesSent,
        long eventsSent,
        long bytesSent,
        long messagesResent,
        long messagesHeld,
        long receipts,
        long receiptsMalformed,
        long signalsDropped,
        int messagesInFlight,
        int window,
        long receiptDelayMicros) {
    static final UplinkMetrics NONE = new UplinkMetrics("waiting", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
