package io.millrace.agent.spool;

/** What became of the events of one {@code append}: all of them share it. */
public sealed interface AppendResult {
    /**
     * They are numbered and in the spool, the input's state with them. Survives a kill of the process once
     * {@code flush} returned true, or about 10 ms later without.
     *
     * @param firstSequence of the first event; the others follow without a hole
     * @param refused how many were too large to keep and are declared as gaps {@code refused} in their place
     */
    record Accepted(long firstSequence, int refused) implements AppendResult {}

    /**
     * The spool is full and drops the newest: they are numbered, declared as a gap {@code disk_full}, and gone. The
     * input's state moves on as if they had been kept.
     */
    record Dropped(long firstSequence) implements AppendResult {}

    /**
     * Nothing was taken, not even the state: offer the same events again later ({@code awaitRoom}).
     *
     * @param reason one sentence for the operator or the client
     */
    record Full(String reason) implements AppendResult {}
}
