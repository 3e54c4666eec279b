package io.millrace.projections;

import java.util.Locale;

/** What a rule reads off a closed window. */
public enum Aggregate {
    COUNT,
    MIN,
    MAX,
    MEAN,
    /** The reading with the greatest event time; of two at one time, the later in the log. */
    LAST;

    /** As {@code rules.yaml} writes it: {@code mean}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    double of(ClosedWindow window) {
        return switch (this) {
            case COUNT -> window.count();
            case MIN -> window.min();
            case MAX -> window.max();
            case MEAN -> window.mean();
            case LAST -> window.last();
        };
    }
}
