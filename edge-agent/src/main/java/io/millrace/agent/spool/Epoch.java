package io.millrace.agent.spool;

import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import java.util.List;

/** The books of one epoch: what was produced, and what of it is settled. Guarded by the lane's lock. */
final class Epoch {
    private final long id;
    private final IntervalSet settled;
    private long produced;

    Epoch(long id, long produced, IntervalSet settled) {
        this.id = id;
        this.produced = produced;
        this.settled = settled;
    }

    long id() {
        return id;
    }

    /** Highest sequence that was written, 0 if none. */
    long produced() {
        return produced;
    }

    IntervalSet settled() {
        return settled;
    }

    void produce(long last) {
        produced = Math.max(produced, last);
    }

    /** Whether all of these are settled; an empty range is. */
    boolean isSettled(long first, long last) {
        return last < first || settled.containsAll(first, last);
    }

    /** What was produced and is not settled. */
    List<Interval> held() {
        return settled.missingFrom(1, produced);
    }

    long heldCount() {
        return held().stream().mapToLong(Interval::count).sum();
    }
}
