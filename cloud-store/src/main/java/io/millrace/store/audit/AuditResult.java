package io.millrace.store.audit;

/** How an audit ended. */
public sealed interface AuditResult {
    record Done(AuditReport report) implements AuditResult {}

    /** The filter matches no stream and no plain device. */
    record NothingMatches() implements AuditResult {}

    /** What is committed was not derived and applied in time; {@code reason} says what is behind and by how much. */
    record NotApplied(String reason) implements AuditResult {}
}
