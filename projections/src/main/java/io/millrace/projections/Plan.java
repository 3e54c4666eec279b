package io.millrace.projections;

import io.millrace.projections.Condition.NoData;
import java.util.List;

/** What is the same for all series that the same rules watch: which windows they have, and who looks at what. */
final class Plan {
    final Turn turn;

    /** Whether its series are groups, whose windows are judged and not given out. */
    final boolean isGroup;

    final List<Watch> watches;

    /** Of the windows to keep, in the order in which they are given out. */
    final List<WindowAssigner> assigners;

    final List<Maintenance> maintenance;

    /** Whether any rule does; most readings concern none, and looking costs as much as counting them. */
    final boolean looksForSilence;

    final boolean looksAtReadings;

    /** The shortest silence that anything waits for. */
    final long silenceMicrosMin;

    /**
     * @param watchedOnly whether to keep those windows only that a rule looks at
     */
    Plan(List<Rule> rules, List<Maintenance> maintenance, boolean watchedOnly, boolean isGroup, Turn turn) {
        this.turn = turn;
        this.isGroup = isGroup;
        this.maintenance = maintenance;
        watches = Watch.of(rules);
        var watching = new Rules(rules);
        assigners = (watchedOnly ? watching.watchedWindows() : watching.windows())
                .stream()
                        .map(spec -> new WindowAssigner(spec, watching.latenessMicros(spec)))
                        .toList();
        looksForSilence = rules.stream().anyMatch(rule -> rule.condition() instanceof NoData);
        looksAtReadings = rules.stream().anyMatch(Rule::looksAtReadings);
        silenceMicrosMin = rules.stream()
                .map(Rule::condition)
                .mapToLong(c -> c instanceof NoData(long silenceMicros) ? silenceMicros : Engine.IDLE_MICROS)
                .reduce(Engine.IDLE_MICROS, Math::min);
    }
}
