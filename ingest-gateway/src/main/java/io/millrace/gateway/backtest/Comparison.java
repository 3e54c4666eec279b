package io.millrace.gateway.backtest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a draft would have raised beside what was raised: two alerts of one rule and series are the same one if they were
 * open at the same time.
 */
public final class Comparison {
    private static final Comparator<Alert> BY_TIME = Comparator.comparingLong(Alert::raisedMicros);

    private Comparison() {}

    /** How the draft differs. */
    public enum Change {
        SAME,
        NEW,
        GONE,
        EARLIER,
        LATER
    }

    /**
     * @param draft null if it is gone
     * @param actual null if it is new
     */
    public record Pair(
            Change change, @Nullable Alert draft, @Nullable Alert actual) {
        /** When the first of the two was raised. */
        long raisedMicros() {
            return Math.min(
                    draft == null ? Long.MAX_VALUE : draft.raisedMicros(),
                    actual == null ? Long.MAX_VALUE : actual.raisedMicros());
        }
    }

    /** Retroactive alerts are told apart from those of the present. */
    private record Key(Alert.Watched watched, boolean retroactive) {
        static Key of(Alert alert) {
            return new Key(alert.watched(), alert.retroactive());
        }
    }

    private record Both(List<Alert> draft, List<Alert> actual) {}

    /** Every alert of both lists in one pair, by rule and series, then by time. */
    public static List<Pair> of(List<Alert> draft, List<Alert> actual) {
        Map<Key, Both> byKey = new LinkedHashMap<>();
        draft.forEach(a -> both(byKey, a).draft.add(a));
        actual.forEach(a -> both(byKey, a).actual.add(a));
        var pairs = new ArrayList<Pair>();
        byKey.values().forEach(both -> pair(both, pairs));
        return pairs;
    }

    private static Both both(Map<Key, Both> byKey, Alert alert) {
        return byKey.computeIfAbsent(Key.of(alert), _ -> new Both(new ArrayList<>(), new ArrayList<>()));
    }

    private static void pair(Both both, List<Pair> pairs) {
        both.draft.sort(BY_TIME);
        both.actual.sort(BY_TIME);
        int a = 0;
        for (Alert draft : both.draft) {
            while (a < both.actual.size()
                    && !draft.overlaps(both.actual.get(a))
                    && both.actual.get(a).raisedMicros() < draft.raisedMicros()) {
                pairs.add(new Pair(Change.GONE, null, both.actual.get(a++)));
            }
            boolean met = a < both.actual.size() && draft.overlaps(both.actual.get(a));
            pairs.add(met ? met(draft, both.actual.get(a++)) : new Pair(Change.NEW, draft, null));
        }
        for (; a < both.actual.size(); a++) {
            pairs.add(new Pair(Change.GONE, null, both.actual.get(a)));
        }
    }

    private static Pair met(Alert draft, Alert actual) {
        int order = Long.compare(draft.raisedMicros(), actual.raisedMicros());
        Change change = order == 0 ? Change.SAME : order < 0 ? Change.EARLIER : Change.LATER;
        return new Pair(change, draft, actual);
    }
}
