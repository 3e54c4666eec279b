package io.millrace.projections;

import java.util.Locale;

/** How much an alert matters, most urgent first. */
public enum Severity {
    CRITICAL,
    MAJOR,
    MINOR,
    WARNING;

    /** As {@code rules.yaml} and the store write it: {@code major}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
