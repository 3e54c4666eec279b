package io.millrace.projections;

import java.util.List;
import java.util.Optional;

/**
 * What a rule may have besides its condition.
 *
 * @param by if not empty, the readings of all series that match and have these in common are judged as one
 * @param escalation the further beyond the limit, the graver: limits in the order from the rule's own; at most
 *     {@value #ESCALATION_MAX}
 * @param inhibitedBy names of other rules: while one of them has an alert open on the same device, none is raised
 */
public record RuleOptions(
        List<Dimension> by, List<Escalation> escalation, Optional<Flapping> flapping, List<String> inhibitedBy) {
    public static final int ESCALATION_MAX = 3;
    public static final int INHIBITED_BY_MAX = 20;
    public static final RuleOptions NONE = new RuleOptions(List.of(), List.of(), Optional.empty(), List.of());

    /** What of a series' name a group may have in common. */
    public enum Dimension {
        SITE,
        AGENT,
        DEVICE,
        METRIC
    }

    /** An alert whose value goes beyond this limit becomes as grave as this, and stays so until it is cleared. */
    public record Escalation(double limit, Severity severity) {}

    public RuleOptions {
        by = List.copyOf(by);
        escalation = List.copyOf(escalation);
        inhibitedBy = List.copyOf(inhibitedBy);
    }
}
