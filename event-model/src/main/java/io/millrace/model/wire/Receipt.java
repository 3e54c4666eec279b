package io.millrace.model.wire;

import io.millrace.model.Interval;
import java.util.List;

/** The gateway's answer on a receipt topic. Agents unite receipts: order, loss and repetition do no harm. */
public sealed interface Receipt {
    /** The epoch of the lane (named by the topic) that the receipt is about. */
    long epoch();

    /**
     * These sequences are settled for ever: stored, dead-lettered, or logged as gaps. The agent may forget them.
     *
     * @param settled disjoint and ascending; the last one may be open-ended
     */
    record Settled(long epoch, Durability durability, List<Interval> settled) implements Receipt {}

    /** The gateway reads payloads up to this version only. The agent holds its data and tells its operator. */
    record Unsupported(long epoch, int versionMax) implements Receipt {}
}
