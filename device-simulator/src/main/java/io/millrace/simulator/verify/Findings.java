package io.millrace.simulator.verify;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a comparison found: counts, and the first few of each kind by name. */
public final class Findings {
    /** Named of each kind. */
    public static final int NAMED_MAX = 10;

    /** What may be wrong with an event. */
    public enum Kind {
        /** Produced, and not stored. */
        MISSING,
        /** Stored more than once. */
        DUPLICATED,
        /** Stored otherwise than produced, or stored and never produced. */
        WRONG,
        /** Came to a subscriber after a later one of its topic. */
        OUT_OF_ORDER
    }

    /** Where it was looked up what became of events; "stored" means there. */
    public enum Where {
        /** In a store of ours, by SQL. It has no order. */
        STORE,
        /** By a subscriber at the broker. */
        SUBSCRIBER;

        /** What can be found there. */
        public Set<Kind> kinds() {
            return switch (this) {
                case STORE -> EnumSet.of(Kind.MISSING, Kind.DUPLICATED, Kind.WRONG);
                case SUBSCRIBER -> EnumSet.allOf(Kind.class);
            };
        }
    }

    private final Where where;

    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final Map<Kind, List<String>> named = new EnumMap<>(Kind.class);
    private long stored;
    private long deadLetters;

    Findings(Where where) {
        this.where = where;
    }

    public Where where() {
        return where;
    }

    void stored() {
        stored++;
    }

    void add(Kind kind, String event) {
        counts.merge(kind, 1L, Long::sum);
        List<String> names = named.computeIfAbsent(kind, _ -> new ArrayList<>());
        if (names.size() < NAMED_MAX) {
            names.add(event);
        }
    }

    void deadLetters(long count) {
        deadLetters = count;
    }

    /**
     * As another process found them.
     *
     * @param counts nothing for a kind that was not found
     * @param named at most {@value #NAMED_MAX} of a kind
     */
    public static Findings of(
            Where where, long stored, long deadLetters, Map<Kind, Long> counts, Map<Kind, List<String>> named) {
        var findings = new Findings(where);
        findings.stored = stored;
        findings.deadLetters = deadLetters;
        findings.counts.putAll(counts);
        named.forEach((kind, events) -> findings.named.put(kind, new ArrayList<>(events)));
        return findings;
    }

    /** What both found, each in its own part of a fleet. */
    public Findings plus(Findings other) {
        Findings sum = of(where, stored + other.stored, deadLetters + other.deadLetters, counts, named);
        other.counts.forEach((kind, count) -> sum.counts.merge(kind, count, Long::sum));
        other.named.forEach((kind, events) -> {
            List<String> names = sum.named.computeIfAbsent(kind, _ -> new ArrayList<>());
            events.stream().limit(NAMED_MAX - names.size()).forEach(names::add);
        });
        return sum;
    }

    void deadLetter() {
        deadLetters++;
    }

    /**
     * Dead letters since the run began, of the units that were compared or of none that is known; at a subscriber,
     * messages that are no reading.
     */
    public long deadLetters() {
        return deadLetters;
    }

    /** Events that were produced and are stored, rightly or wrongly, each counted once. */
    public long storedCount() {
        return stored;
    }

    public long count(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /** The first {@value #NAMED_MAX} of a kind. */
    public List<String> first(Kind kind) {
        return List.copyOf(named.getOrDefault(kind, List.of()));
    }

    /** Whether nothing is missing, doubled or wrong. */
    public boolean isClean() {
        return counts.isEmpty();
    }
}
