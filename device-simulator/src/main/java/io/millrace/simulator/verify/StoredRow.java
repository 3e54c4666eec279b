package io.millrace.simulator.verify;

import org.jspecify.annotations.Nullable;

/** A row of {@code events}, as far as it is compared. */
record StoredRow(
        long timeMicros,
        String agent,
        String device,
        String metric,
        String unit,
        int type,
        double value,
        @Nullable String text,
        int quality) {}
