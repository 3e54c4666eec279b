package io.millrace.projections;

import static io.millrace.model.yaml.Rule.name;
import static io.millrace.model.yaml.Rule.number;
import static io.millrace.model.yaml.Rule.oneOf;

import io.millrace.model.yaml.YamlMap;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.RuleOptions.Dimension;
import io.millrace.projections.RuleOptions.Escalation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what a rule may have besides its condition. */
final class OptionsParser {
    private static final double FLAPPING_ABOVE = 50;
    private static final double FLAPPING_CLEAR = 25;

    private OptionsParser() {}

    /**
     * Reads the options; what they make is of use only if there was no mistake.
     *
     * @param threshold null if the rule has none, or a wrong one
     * @param severity the rule's own
     */
    static RuleOptions read(YamlMap map, @Nullable Threshold threshold, Severity severity) {
        return new RuleOptions(
                by(map), escalation(map, threshold, severity), flapping(map, threshold), inhibitedBy(map));
    }

    private static List<Dimension> by(YamlMap map) {
        List<Dimension> by = map.list("by", oneOf(Dimension.class), List.of());
        if (Set.copyOf(by).size() < by.size()) {
            map.mistake("by", "names something twice, expected each once");
        }
        return List.copyOf(new TreeSet<>(by));
    }

    private static List<String> inhibitedBy(YamlMap map) {
        List<String> names = map.list("inhibited-by", name(), List.of());
        if (names.size() > RuleOptions.INHIBITED_BY_MAX) {
            map.mistake(
                    "inhibited-by",
                    "has %d names, expected at most %d".formatted(names.size(), RuleOptions.INHIBITED_BY_MAX));
        }
        return names;
    }

    private static Optional<Flapping> flapping(YamlMap map, @Nullable Threshold threshold) {
        YamlMap flapping = map.map("flapping");
        if (!map.has("flapping")) {
            return Optional.empty();
        }
        double above = flapping.optional("above", number(), FLAPPING_ABOVE);
        double clear = flapping.optional("clear", number(), Math.min(above, FLAPPING_CLEAR));
        if (threshold == null) {
            map.mistake("flapping", "stands beside no threshold, expected above or below in when");
            return Optional.empty();
        }
        try {
            return Optional.of(new Flapping(above, clear));
        } catch (IllegalArgumentException e) {
            map.mistake("flapping", "does not fit: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static List<Escalation> escalation(YamlMap map, @Nullable Threshold threshold, Severity severity) {
        List<YamlMap> maps = map.maps("escalate");
        if (maps.size() > RuleOptions.ESCALATION_MAX) {
            map.mistake(
                    "escalate", "has %d steps, expected at most %d".formatted(maps.size(), RuleOptions.ESCALATION_MAX));
        }
        if (!maps.isEmpty() && threshold == null) {
            map.mistake("escalate", "stands beside no threshold, expected above or below in when");
        }
        var steps = new ArrayList<Escalation>();
        double limit = threshold == null ? Double.NaN : threshold.limit();
        Severity before = severity;
        for (YamlMap step : maps) {
            double beyond = step.required("beyond", number());
            Severity graver = step.required("severity", oneOf(Severity.class));
            if (threshold != null && !threshold.side().isBad(beyond, limit)) {
                step.mistake("beyond", "is %s, expected beyond %s, the limit before".formatted(beyond, limit));
            }
            if (graver.compareTo(before) >= 0) {
                step.mistake(
                        "severity",
                        "is %s, expected graver than %s, the one before".formatted(graver.label(), before.label()));
            }
            steps.add(new Escalation(beyond, graver));
            limit = beyond;
            before = graver;
        }
        return steps;
    }
}
