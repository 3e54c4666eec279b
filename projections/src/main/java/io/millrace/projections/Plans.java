package io.millrace.projections;

import io.millrace.model.Series;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives each new series its plan; those that the same rules watch, which are nearly all, share one. */
final class Plans {
    private final Rules rules;
    private final boolean watchedOnly;
    private final Turn turn;
    private final Map<Key, Plan> plans = new HashMap<>();

    private record Key(List<Rule> rules, List<Maintenance> maintenance, boolean isGroup) {}

    Plans(Rules rules, boolean watchedOnly, Turn turn) {
        this.rules = rules;
        this.watchedOnly = watchedOnly;
        this.turn = turn;
    }

    /** Of a series by itself. */
    Plan of(Series series) {
        List<Rule> matching = rules.rules().stream()
                .filter(rule -> rule.options().by().isEmpty() && rule.matches(series))
                .toList();
        return plan(new Key(withRoom(matching), rules.maintenanceOf(series), false));
    }

    /** Of a group that one rule judges as one. */
    Plan ofGroup(Rule rule) {
        return plan(new Key(withRoom(List.of(rule)), List.of(), true));
    }

    /** Of an agent, which has no windows. */
    static Plan ofAgent(Turn turn) {
        return new Plan(List.of(), List.of(), true, true, turn);
    }

    private List<Rule> withRoom(List<Rule> matching) {
        int room = (int) Math.min(matching.size(), turn.limits.judgementsMax() - turn.judgements);
        turn.judgementsRefused += matching.size() - room;
        turn.judgements += room;
        return matching.subList(0, room);
    }

    private Plan plan(Key key) {
        return plans.computeIfAbsent(
                key, _ -> new Plan(key.rules, key.maintenance, watchedOnly || key.isGroup, key.isGroup, turn));
    }
}
