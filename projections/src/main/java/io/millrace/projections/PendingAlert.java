package io.millrace.projections;

import io.millrace.model.Series;
import org.jspecify.annotations.Nullable;

/**
 * What is bad now and not raised yet, or not raised for a reason.
 *
 * @param severity it would have now
 * @param sinceMicros event time from which on it has been bad or silent without a break
 * @param value what was judged last; NaN for silence
 * @param detail what is wrong, in words
 * @param inhibitedBy the rule whose open alert keeps this one from being raised; null unless {@code reason} says so
 * @param dueMicros event time at which it is raised at the earliest, if it is bad still; {@link #NOT_KNOWN} if that does
 *     not depend on time
 */
public record PendingAlert(
        String rule,
        Severity severity,
        String site,
        String agent,
        Series series,
        long sinceMicros,
        double value,
        String detail,
        Reason reason,
        @Nullable String inhibitedBy,
        long dueMicros) {
    public static final long NOT_KNOWN = Long.MAX_VALUE;

    /** Why it is not raised. */
    public enum Reason {
        /** Not bad for long enough, or to be raised with the next judgement. */
        WAITING,
        INHIBITED,
        MAINTENANCE,
        /** Too many alerts are open. */
        LIMIT
    }
}
