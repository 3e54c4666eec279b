package io.millrace.gateway.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An alert that was raised and not cleared, as JSON shows it.
 *
 * @param since event time at which it was raised
 * @param value what was compared when it was raised, if anything was
 * @param detail what is wrong, in words
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record OpenAlert(
        String id,
        String rule,
        String site,
        String agent,
        String device,
        String metric,
        String severity,
        Instant since,
        @Nullable Double value,
        String detail) {
    /** The gravest first, and of those the latest. */
    public static List<OpenAlert> listOf(List<io.millrace.projections.OpenAlert> open, int max) {
        return open.stream()
                .sorted(Comparator.comparing(io.millrace.projections.OpenAlert::severity)
                        .thenComparing(Comparator.comparingLong(io.millrace.projections.OpenAlert::sinceMicros)
                                .reversed()))
                .limit(max)
                .map(OpenAlert::of)
                .toList();
    }

    private static OpenAlert of(io.millrace.projections.OpenAlert alert) {
        return new OpenAlert(
                alert.alert().toString(),
                alert.rule(),
                alert.site(),
                alert.agent(),
                alert.series().device(),
                alert.series().metric(),
                alert.severity().label(),
                Instant.EPOCH.plus(alert.sinceMicros(), ChronoUnit.MICROS),
                Double.isNaN(alert.value()) ? null : alert.value(),
                alert.detail());
    }
}
