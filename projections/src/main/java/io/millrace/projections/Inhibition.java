package io.millrace.projections;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who keeps whom from being raised: alerts of the present that are open, counted by rule and device, and agents that are
 * gone. Only rules that inhibit others are counted.
 */
final class Inhibition {
    /** Stands for any site, agent or device: of a group that does not have it in common. */
    static final String ANY = "*";

    private final Set<String> inhibitors = new HashSet<>();
    private final Map<Key, Integer> open = new HashMap<>();
    private final Set<Key> offline = new HashSet<>();

    private record Key(String rule, String site, String agent, String device) {}

    Inhibition(Rules rules) {
        rules.rules().forEach(rule -> inhibitors.addAll(rule.options().inhibitedBy()));
    }

    void opened(Rule rule, SeriesState series) {
        count(rule, series, 1);
    }

    void cleared(Rule rule, SeriesState series) {
        count(rule, series, -1);
    }

    private void count(Rule rule, SeriesState series, int step) {
        if (inhibitors.contains(rule.name())) {
            boolean ofAgent = rule.name().equals(Rule.AGENT_OFFLINE);
            String device = ofAgent ? ANY : series.series.device();
            var key = new Key(rule.name(), series.site, series.agent, device);
            open.merge(key, step, (a, b) -> a + b == 0 ? null : a + b);
        }
    }

    /** Whether an agent is gone; restored with it. */
    void offline(String site, String agent, boolean gone) {
        var key = new Key(Rule.AGENT_OFFLINE, site, agent, ANY);
        if (gone) {
            offline.add(key);
        } else {
            offline.remove(key);
        }
    }

    /** The rule whose open alert keeps this one from being raised on the series now; null if none does. */
    @Nullable
    String inhibitor(Rule rule, SeriesState series) {
        if (rule.condition() instanceof Condition.NoData
                && offline.contains(new Key(Rule.AGENT_OFFLINE, series.site, series.agent, ANY))) {
            return Rule.AGENT_OFFLINE;
        }
        for (String by : rule.options().inhibitedBy()) {
            if (isOpen(by, series)) {
                return by;
            }
        }
        return null;
    }

    private boolean isOpen(String by, SeriesState series) {
        for (String site : List.of(series.site, ANY)) {
            for (String agent : List.of(series.agent, ANY)) {
                for (String device : List.of(series.series.device(), ANY)) {
                    if (open.containsKey(new Key(by, site, agent, device))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /**
     * Circles of rules that inhibit each other, as their names; empty if there is none.
     *
     * @param inhibitedBy names of the rules that each one is inhibited by
     */
    static List<List<String>> circles(SequencedMap<String, List<String>> inhibitedBy) {
        var found = new LinkedHashSet<List<String>>();
        var done = new HashSet<String>();
        inhibitedBy.keySet().forEach(name -> follow(name, inhibitedBy, new ArrayList<>(), done, found));
        return List.copyOf(found);
    }

    /** @param path from where it began to the one that this name inhibits */
    private static void follow(
            String name,
            Map<String, List<String>> inhibitedBy,
            List<String> path,
            Set<String> done,
            Set<List<String>> found) {
        int before = path.indexOf(name);
        if (before >= 0) {
            found.add(List.copyOf(path.subList(before, path.size())));
        } else if (inhibitedBy.containsKey(name) && !done.contains(name)) {
            path.add(name);
            inhibitedBy.getOrDefault(name, List.of()).forEach(by -> follow(by, inhibitedBy, path, done, found));
            path.removeLast();
            done.add(name);
        }
    }
}
