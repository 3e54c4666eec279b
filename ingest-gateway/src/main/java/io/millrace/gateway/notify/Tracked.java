package io.millrace.gateway.notify;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.millrace.projections.OpenAlert;
import io.millrace.projections.Severity;
import io.millrace.store.derive.TransitionRow;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An alert as one group of a route knows it.
 *
 * @param id the same from raised to cleared, and after deriving it again
 * @param position of the log entry that brought it here
 * @param sinceMicros event time at which it was raised
 * @param clearedMicros event time at which it was cleared; 0 while it is open
 * @param acknowledged somebody takes care, as grave as it is
 * @param told as how grave it was told; null if it was not yet
 */
record Tracked(
        String id,
        String rule,
        String site,
        String agent,
        String device,
        String metric,
        Severity severity,
        @Nullable Double value,
        @Nullable Double threshold,
        String detail,
        long position,
        long sinceMicros,
        long clearedMicros,
        boolean acknowledged,
        @Nullable Severity told) {
    /** Of the transition that raised it, or made it graver. */
    static Tracked of(TransitionRow row) {
        return new Tracked(
                row.id(),
                row.rule(),
                row.site(),
                row.agent(),
                row.device(),
                row.metric(),
                severity(row),
                orNull(row.value()),
                orNull(row.limit()),
                row.text(),
                row.position(),
                row.atMicros(),
                0,
                false,
                null);
    }

    static Tracked of(OpenAlert alert) {
        return new Tracked(
                alert.alert().toString(),
                alert.rule(),
                alert.site(),
                alert.agent(),
                alert.series().device(),
                alert.series().metric(),
                alert.severity(),
                orNull(alert.value()),
                orNull(alert.limit()),
                alert.detail(),
                alert.position(),
                alert.sinceMicros(),
                0,
                alert.acknowledged() != null,
                null);
    }

    static Severity severity(TransitionRow row) {
        return Severity.valueOf(row.severity().toUpperCase(Locale.ROOT));
    }

    private static @Nullable Double orNull(double number) {
        return Double.isFinite(number) ? number : null;
    }

    @JsonIgnore
    boolean isOpen() {
        return clearedMicros == 0;
    }

    Tracked graver(TransitionRow row) {
        return with(
                severity(row), orNull(row.value()), orNull(row.limit()), row.text(), clearedMicros, acknowledged, told);
    }

    Tracked cleared(long atMicros, String why) {
        return with(severity, value, threshold, why, atMicros, acknowledged, told);
    }

    Tracked withAcknowledged(boolean now) {
        return with(severity, value, threshold, detail, clearedMicros, now, told);
    }

    Tracked withTold() {
        return with(severity, value, threshold, detail, clearedMicros, acknowledged, severity);
    }

    /** The same alert, in another state. */
    private Tracked with(
            Severity newSeverity,
            @Nullable Double newValue,
            @Nullable Double newThreshold,
            String newDetail,
            long newClearedMicros,
            boolean newAcknowledged,
            @Nullable Severity newTold) {
        return new Tracked(
                id,
                rule,
                site,
                agent,
                device,
                metric,
                newSeverity,
                newValue,
                newThreshold,
                newDetail,
                position,
                sinceMicros,
                newClearedMicros,
                newAcknowledged,
                newTold);
    }
}
