package io.millrace.projections;

import io.millrace.projections.Condition.NoData;
import io.millrace.projections.Condition.Threshold;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A rule that watches a series, in the present and, once backfill needs it, in history. */
final class Watch {
    final Rule rule;
    private final SeriesState series;
    private final Judgement present;
    private @Nullable Judgement past;

    Watch(Rule rule, SeriesState series) {
        this.rule = rule;
        this.series = series;
        present = new Judgement(rule, series, false);
    }

    /** Judges a reading, if the rule looks at single readings. */
    void reading(long timeMicros, double number, boolean backfill, boolean history, Turn turn) {
        if (rule.on().isEmpty() && rule.condition() instanceof Threshold threshold) {
            in(history).judge(threshold, timeMicros, number, backfill, turn);
        }
    }

    /** Judges a window that was closed or corrected, if the rule looks at windows like that. */
    void window(WindowSpec spec, ClosedWindow window, boolean history, Turn turn) {
        if (rule.on().isEmpty()
                || !rule.on().get().window().equals(spec)
                || !(rule.condition() instanceof Threshold threshold)) {
            return;
        }
        double value = rule.on().get().aggregate().of(window.values());
        if (Double.isNaN(value)) {
            return; // says nothing: neither good nor bad
        }
        if (window.version() == 1) {
            in(history).judge(threshold, window.endMicros(), value, window.retroactive(), turn);
        } else {
            in(history).revise(threshold, window.endMicros(), value, turn);
        }
    }

    /** At a reading, if the rule looks for silence. */
    void heard(long silenceMicros, Turn turn) {
        if (rule.condition() instanceof NoData silence) {
            present.heard(silence.silenceMicros(), silenceMicros, turn);
        }
    }

    /**
     * At a tick, if the rule looks for silence.
     *
     * @return how much longer it may last, {@link Long#MAX_VALUE} if that is of no interest
     */
    long silent(long silenceMicros, Turn turn) {
        if (!(rule.condition() instanceof NoData silence)) {
            return Long.MAX_VALUE;
        }
        present.silent(silence.silenceMicros(), silenceMicros, turn);
        // A rule that had to wait for room among the open alerts asks again at the next tick.
        return present.isRaised() ? Long.MAX_VALUE : Math.max(1, silence.silenceMicros() - silenceMicros);
    }

    private Judgement in(boolean history) {
        if (!history) {
            return present;
        }
        if (past == null) {
            past = new Judgement(rule, series, true);
        }
        return past;
    }

    void write(DataOutput to) throws IOException {
        present.write(to);
        to.writeBoolean(past != null);
        if (past != null) {
            past.write(to);
        }
    }

    void read(DataInput from, Turn turn) throws IOException {
        present.read(from, turn);
        if (from.readBoolean()) {
            in(true).read(from, turn);
        }
    }
}
