package io.millrace.projections;

import io.millrace.model.Series;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All rules that an engine judges, in the order in which their transitions come out.
 *
 * @param rules at most {@value #RULES_MAX}, each name once; none inhibits itself, not by others either
 * @param maintenance at most {@value Maintenance#COUNT_MAX}
 */
public record Rules(List<Rule> rules, List<Maintenance> maintenance) {
    public static final int RULES_MAX = 1_000;
    public static final Rules NONE = new Rules(List.of());

    public Rules {
        rules = List.copyOf(rules);
        maintenance = List.copyOf(maintenance);
        if (rules.size() > RULES_MAX) {
            throw new IllegalArgumentException("%d rules, expected at most %d".formatted(rules.size(), RULES_MAX));
        }
        var names = new HashSet<String>();
        for (Rule rule : rules) {
            if (!names.add(rule.name())) {
                throw new IllegalArgumentException(
                        "rule %s is there twice, expected each name once".formatted(rule.name()));
            }
        }
        var inhibitedBy = new LinkedHashMap<String, List<String>>();
        rules.forEach(rule -> inhibitedBy.put(rule.name(), rule.options().inhibitedBy()));
        List<List<String>> circles = Inhibition.circles(inhibitedBy);
        if (!circles.isEmpty()) {
            throw new IllegalArgumentException(
                    "rules inhibit each other in a circle: %s".formatted(String.join(", ", circles.getFirst())));
        }
    }

    public Rules(List<Rule> rules) {
        this(rules, List.of());
    }

    /** SHA-256 of what the rules say, in hex: equal rules have equal hashes on every machine, comments and layout aside. */
    public String hash() {
        try {
            byte[] content = toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * How far before a time an engine has to begin, in microseconds, so that what it says from there on does not depend on
     * what it did not see; an alert that was raised before that is not known to it.
     */
    public long warmUpMicros() {
        return latenessMicros()
                + rules.stream().mapToLong(Rule::warmUpMicros).max().orElse(0);
    }

    /** The longest allowed lateness: readings of this long after a time may still change what is said of it. */
    public long latenessMicros() {
        return lateness(WindowSpec.ONE_MINUTE, rules.stream().flatMap(rule -> rule.on().stream()));
    }

    /**
     * Allowed lateness of a window. Several rules look at the same ones, which are kept for the longest of theirs; those of
     * a minute are everybody's.
     */
    long latenessMicros(WindowSpec spec) {
        return lateness(
                spec,
                rules.stream()
                        .flatMap(rule -> rule.on().stream())
                        .filter(on -> on.window().equals(spec)));
    }

    private static long lateness(WindowSpec spec, Stream<Rule.WindowValue> values) {
        long least = spec.equals(WindowSpec.ONE_MINUTE) ? Engine.LATENESS_MICROS : 0;
        return values.mapToLong(Rule.WindowValue::latenessMicros).reduce(least, Math::max);
    }

    /** Whether an engine gives out the same windows by these rules as by the others, whatever comes. */
    public boolean giveSameWindowsAs(Rules others) {
        return windowsBesideOneMinute().equals(others.windowsBesideOneMinute());
    }

    /** Which windows are given out of which devices and metrics, and how late; those of one minute are of all. */
    private Set<List<Object>> windowsBesideOneMinute() {
        return rules.stream()
                .filter(rule -> rule.options().by().isEmpty() && rule.on().isPresent())
                .filter(rule -> !isOfAll(rule.on().get()))
                .map(rule -> List.<Object>of(
                        rule.on().get().window(), rule.on().get().latenessMicros(), rule.device(), rule.metric()))
                .collect(Collectors.toSet());
    }

    private static boolean isOfAll(Rule.WindowValue value) {
        return value.window().equals(WindowSpec.ONE_MINUTE) && value.latenessMicros() <= Engine.LATENESS_MICROS;
    }

    /** The maintenance that concerns a series. */
    List<Maintenance> maintenanceOf(Series series) {
        return maintenance.stream().filter(m -> m.concerns(series)).toList();
    }

    /** The windows to keep: one minute first, then those of the rules in order, each once. */
    List<WindowSpec> windows() {
        var specs = new LinkedHashSet<WindowSpec>();
        specs.add(WindowSpec.ONE_MINUTE);
        specs.addAll(ofRules());
        return List.copyOf(specs);
    }

    /** Those of {@link #windows} that a rule looks at. */
    List<WindowSpec> watchedWindows() {
        var specs = new ArrayList<>(windows());
        specs.retainAll(ofRules());
        return specs;
    }

    private Set<WindowSpec> ofRules() {
        return rules.stream()
                .flatMap(rule -> rule.on().stream())
                .map(Rule.WindowValue::window)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
