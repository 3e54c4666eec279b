package io.millrace.gateway.notify;

import io.millrace.model.Glob;
import io.millrace.projections.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which alerts go where, and how many notifications that makes. An alert goes by every route that it matches.
 *
 * @param to names of channels
 * @param least alerts of this severity and graver
 * @param on patterns; what is not named matches anything
 * @param groupBy alerts that have these in common come in one notification; all of them if empty
 * @param groupWait from the first change in a group to its notification
 * @param repeat while alerts of a group are open and nobody takes care; empty for never
 * @param cleared whether to tell that an alert is over
 */
record Route(
        String name,
        List<String> to,
        Severity least,
        Map<Label, Glob> on,
        List<Label> groupBy,
        Duration groupWait,
        Optional<Duration> repeat,
        boolean cleared) {
    boolean matches(Tracked alert) {
        return alert.severity().compareTo(least) <= 0
                && on.entrySet().stream()
                        .allMatch(e -> e.getValue().matches(e.getKey().of(alert)));
    }

    /** What the group of an alert has in common, by label. */
    Map<String, String> groupOf(Tracked alert) {
        var group = new TreeMap<String, String>();
        groupBy.forEach(label -> group.put(label.key(), label.of(alert)));
        return group;
    }
}
