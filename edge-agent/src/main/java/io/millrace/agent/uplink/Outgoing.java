package io.millrace.agent.uplink;

import io.millrace.agent.spool.LaneSpool;
import io.millrace.model.Interval;
import java.util.List;

/** A message on its way, kept as sent until receipts cover all that it carries. The uplink's thread owns it. */
final class Outgoing {
    /** How far it has come. */
    enum Stage {
        /** Handed to the link. */
        SENT,
        /** The broker has it; the gateway's receipt is awaited. */
        TAKEN,
        /** Nobody had it, or no receipt came in time: to be sent again. */
        DUE
    }

    private final LaneSpool lane;
    private final int rank;
    private final boolean backfill;
    private final long epoch;
    private final List<Interval> sequences;
    private final String topic;
    private final byte[] payload;
    private Stage stage = Stage.DUE;
    private int attempts;
    private int timeouts;
    private long sentAtNanos;
    private long dueAtNanos;

    /**
     * @param rank place of the lane, 0 for the most urgent
     * @param sequences that it carries or gives up, in {@code epoch}
     */
    Outgoing(
            LaneSpool lane,
            int rank,
            boolean backfill,
            long epoch,
            List<Interval> sequences,
            String topic,
            byte[] payload) {
        this.lane = lane;
        this.rank = rank;
        this.backfill = backfill;
        this.epoch = epoch;
        this.sequences = sequences;
        this.topic = topic;
        this.payload = payload;
    }

    int rank() {
        return rank;
    }

    boolean isBackfill() {
        return backfill;
    }

    String topic() {
        return topic;
    }

    byte[] payload() {
        return payload;
    }

    Stage stage() {
        return stage;
    }

    /** How often it was sent. */
    int attempts() {
        return attempts;
    }

    /** How often the broker took it and no receipt came in time. */
    int timeouts() {
        return timeouts;
    }

    long sentAtNanos() {
        return sentAtNanos;
    }

    long dueAtNanos() {
        return dueAtNanos;
    }

    boolean isOf(LaneSpool ofLane, long ofEpoch) {
        return lane.name().equals(ofLane.name()) && epoch == ofEpoch;
    }

    boolean isSettled() {
        return sequences.stream().allMatch(i -> lane.isSettled(epoch, i));
    }

    boolean covers(Interval range) {
        return sequences.stream().anyMatch(i -> i.first() <= range.first() && i.last() >= range.last());
    }

    void sent(long nowNanos, long dueNanos) {
        stage = Stage.SENT;
        attempts++;
        sentAtNanos = nowNanos;
        dueAtNanos = dueNanos;
    }

    /** No receipt came in time: it is due again. */
    void expired() {
        stage = Stage.DUE;
        timeouts++;
    }

    void become(Stage newStage) {
        stage = newStage;
    }
}
