package io.millrace.gateway.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is bad and not raised yet, or not raised for a reason, as JSON shows it.
 *
 * @param severity it would have now
 * @param since event time from which on it has been bad or silent
 * @param value what was judged last; null for silence
 * @param detail what is wrong, in words
 * @param reason waiting, inhibited, maintenance or limit
 * @param inhibitedBy the rule whose open alert keeps it from being raised; null if none does
 * @param due event time at which it is raised at the earliest, if it is bad still; null if that does not depend on time
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PendingAlert(
        String rule,
        String site,
        String agent,
        String device,
        String metric,
        String severity,
        Instant since,
        @Nullable Double value,
        String detail,
        String reason,
        @Nullable String inhibitedBy,
        @Nullable Instant due) {
    /** In their order. */
    public static List<PendingAlert> listOf(List<io.millrace.projections.PendingAlert> pending, int max) {
        return pending.stream().limit(max).map(PendingAlert::of).toList();
    }

    private static PendingAlert of(io.millrace.projections.PendingAlert alert) {
        return new PendingAlert(
                alert.rule(),
                alert.site(),
                alert.agent(),
                alert.series().device(),
                alert.series().metric(),
                alert.severity().label(),
                instant(alert.sinceMicros()),
                Double.isNaN(alert.value()) ? null : alert.value(),
                alert.detail(),
                alert.reason().name().toLowerCase(Locale.ROOT),
                alert.inhibitedBy(),
                alert.dueMicros() == io.millrace.projections.PendingAlert.NOT_KNOWN
                        ? null
                        : instant(alert.dueMicros()));
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
