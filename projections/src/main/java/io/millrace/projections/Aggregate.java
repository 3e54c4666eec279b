package io.millrace.projections;

import java.util.Locale;

/** What a rule reads off a closed window. */
public enum Aggregate {
    COUNT,
    MIN,
    MAX,
    MEAN,
    SUM,
    VARIANCE,
    /** Square root of the variance: in the unit of the readings. */
    STDDEV,
    FIRST,
    LAST,
    /** Last less first. */
    CHANGE,
    /** Change for each second between first and last. */
    SLOPE,
    /** Growth of a counter each second. */
    RATE,
    /** Share of the window of which the agent declared readings lost, 0 to 1. */
    GAP_SHARE;

    /** As {@code rules.yaml} writes it: {@code mean}, {@code gap-share}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** NaN if the window says nothing of it: nothing is judged then. */
    double of(WindowValues window) {
        return switch (this) {
            case COUNT -> window.count();
            case MIN -> window.min();
            case MAX -> window.max();
            case MEAN -> window.mean();
            case SUM -> window.sum();
            case VARIANCE -> window.variance();
            case STDDEV -> Math.sqrt(window.variance());
            case FIRST -> window.first();
            case LAST -> window.last();
            case CHANGE -> window.last() - window.first();
            case SLOPE ->
                window.spanMicros() > 0 ? (window.last() - window.first()) / (window.spanMicros() / 1e6) : Double.NaN;
            case RATE -> window.rate();
            case GAP_SHARE -> window.gapShare();
        };
    }
}
