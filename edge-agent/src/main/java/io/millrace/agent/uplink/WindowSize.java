package io.millrace.agent.uplink;

import java.time.Duration;

/**
 * How many messages may be without a receipt: all where receipts come at once, one where they take {@link #DELAY_MAX}, in
 * proportion between, and one alone after a time-out: what waits in the broker serves nobody. Agents that wait in the same
 * queue see the same delay, so within some rounds they have the same size, whatever they had before; with one more per
 * round until it hurts, as TCP does it, one that had a time-out stayed behind for a minute.
 */
final class WindowSize {
    static final int INITIAL = 8;
    static final Duration DELAY_MAX = Duration.ofSeconds(1);

    /** The delay is smoothed over so many receipts, or one round if that has fewer. */
    private static final int SMOOTHED_MAX = 8;

    /** In a round it goes one part in so many of the way to what the delay says, … */
    private static final int APPROACH_PART = 4;

    /** … but loses no more than this part of itself, and does no more than double. */
    private static final int SHRINK_PART = 5;

    private final int messagesMax;
    private double size;
    private double delayNanos;
    private long quickestNanos;

    /**
     * @param messagesMax 1 or more
     */
    WindowSize(int messagesMax) {
        this.messagesMax = messagesMax;
        this.size = Math.min(INITIAL, messagesMax);
    }

    /** From 1 to the most. */
    int messages() {
        return (int) Math.round(size);
    }

    /** How long a receipt takes, smoothed; 0 before the first. */
    long delayNanos() {
        return (long) delayNanos;
    }

    /** How long the quickest receipt took; 0 before the first. */
    long quickestNanos() {
        return quickestNanos;
    }

    /** A receipt took that long. */
    void took(long nanos) {
        quickestNanos = delayNanos == 0 ? nanos : Math.min(quickestNanos, nanos);
        delayNanos = delayNanos == 0 ? nanos : delayNanos + (nanos - delayNanos) / Math.clamp(size, 1, SMOOTHED_MAX);
    }

    /** One message has its receipt. A round is as many of them as there may be under way. */
    void receipted() {
        double wanted = Math.max(1, messagesMax * (1 - delayNanos / DELAY_MAX.toNanos()));
        double round = Math.clamp((wanted - size) / APPROACH_PART, -size / SHRINK_PART, size);
        size = Math.clamp(size + round / size, 1, messagesMax);
    }

    /** A receipt did not come in time. */
    void collapse() {
        size = 1;
    }
}
