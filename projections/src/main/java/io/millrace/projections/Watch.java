package io.millrace.projections;

import io.millrace.projections.Condition.NoData;
import io.millrace.projections.Condition.Threshold;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rule that watches all series of a {@link Plan}: what of each it looks at. */
final class Watch {
    final Rule rule;

    /** Among those of the plan. */
    private final int place;

    private Watch(Rule rule, int place) {
        this.rule = rule;
        this.place = place;
    }

    static List<Watch> of(List<Rule> rules) {
        var watches = new ArrayList<Watch>();
        rules.forEach(rule -> watches.add(new Watch(rule, watches.size())));
        return List.copyOf(watches);
    }

    /** Of its judgement among those of a series. */
    int place(boolean history) {
        return 2 * place + (history ? 1 : 0);
    }

    /** Judges a reading, if the rule looks at single readings. */
    void reading(SeriesState series, long timeMicros, double number, boolean backfill, boolean history, Turn turn) {
        if (rule.on().isEmpty() && rule.condition() instanceof Threshold threshold) {
            series.judgement(this, history).judge(threshold, timeMicros, number, backfill, turn);
        }
    }

    /** Judges a window that was closed or corrected, if the rule looks at windows like that. */
    void window(SeriesState series, WindowSpec spec, ClosedWindow window, boolean history, Turn turn) {
        if (rule.on().isEmpty()
                || !rule.on().get().window().equals(spec)
                || !(rule.condition() instanceof Threshold threshold)) {
            return;
        }
        double value = rule.on().get().aggregate().of(window.values());
        if (Double.isNaN(value)) {
            return; // says nothing: neither good nor bad
        }
        Judgement judgement = series.judgement(this, history);
        if (window.version() == 1) {
            judgement.judge(threshold, window.endMicros(), value, window.retroactive(), turn);
        } else {
            judgement.revise(threshold, window.endMicros(), value, turn);
        }
    }

    /** At a reading, if the rule looks for silence. */
    void heard(SeriesState series, long silenceMicros, Turn turn) {
        Judgement present = series.judgementBefore(this, false);
        if (present != null && rule.condition() instanceof NoData silence) {
            present.heard(silence.silenceMicros(), silenceMicros, turn);
        }
    }

    /**
     * At a tick, if the rule looks for silence.
     *
     * @return how much longer it may last, {@link Long#MAX_VALUE} if that is of no interest
     */
    long silent(SeriesState series, long silenceMicros, Turn turn) {
        if (!(rule.condition() instanceof NoData silence)) {
            return Long.MAX_VALUE;
        }
        long left = silence.silenceMicros() - silenceMicros;
        if (left > 0) {
            return isRaised(series) ? Long.MAX_VALUE : left;
        }
        Judgement present = series.judgement(this, false);
        present.silent(silence.silenceMicros(), silenceMicros, turn);
        // A rule that had to wait for room among the open alerts asks again at the next tick.
        return present.isRaised() ? Long.MAX_VALUE : 1;
    }

    private boolean isRaised(SeriesState series) {
        @Nullable Judgement present = series.judgementBefore(this, false);
        return present != null && present.isRaised();
    }
}
