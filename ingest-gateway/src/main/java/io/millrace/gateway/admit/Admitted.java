package io.millrace.gateway.admit;

import io.millrace.model.EventBatch;
import io.millrace.model.Interval;
import io.millrace.store.log.LogEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What admission made of a message. */
public sealed interface Admitted {
    /**
     * It is to be logged; once it is, the sender may forget these sequences.
     *
     * @param events as decoded from the entry, or null if there are none
     * @param answerTo the receipt topic's address, or null where nobody waits for a receipt
     * @param settled what the receipt will cover
     */
    record Log(
            LogEntry entry,
            @Nullable EventBatch events,
            @Nullable Address answerTo,
            List<Interval> settled) implements Admitted {}

    /** A newer agent's payload: it is not logged, and the agent is told to hold it. */
    record Hold(Address answerTo, int versionMax) implements Admitted {}

    /** There is nothing in it, such as the empty message that clears a retained one. */
    record Nothing() implements Admitted {}

    /** Where a receipt goes and which epoch it is about. */
    record Address(String site, String agent, String lane, long epoch) {}
}
