package io.millrace.store.audit;

import io.millrace.model.StreamId;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * What the store holds against what the ledger says; {@link #json()} is the contract's answer.
 *
 * @param ok nothing is missing or stored twice
 * @param asOf commit time of the last entry that was looked at
 */
public record AuditReport(boolean ok, Instant asOf, List<Lane> lanes, Plain plain) {
    /**
     * One epoch of one lane.
     *
     * @param stored counted in the store, each sequence once
     * @param dropped by reason, as the agent declared
     * @param missing stated by the agent and explained by nobody, or in the ledger as stored and not in the store
     * @param duplicated rows beyond the first of a sequence, counted in the store
     * @param retired counted before their partition was dropped
     */
    public record Lane(
            StreamId stream,
            long produced,
            long stored,
            long deadLettered,
            SortedMap<String, Long> dropped,
            long waiting,
            long missing,
            long duplicated,
            long retired) {}

    /**
     * {@code stored} and {@code deadLettered} are of the plain devices that match, the rest of all of them together: the
     * ledger counts repeats and retired readings for all in one, and the broker does not say whose messages it dropped.
     *
     * @param filtered whether that makes a difference
     */
    public record Plain(
            long stored, long collapsed, long brokerDropped, long deadLettered, long retired, boolean filtered) {}

    /** One line of JSON with the contract's fields. */
    public String json() {
        return AuditJson.of(this);
    }
}
