package io.millrace.projections;

import io.millrace.model.Series;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An alert that was raised and not yet cleared.
 *
 * @param sinceMicros event time at which it was raised
 * @param position of the log entry that raised it
 * @param value what raised it, or made it as grave as it is
 * @param limit what the value was compared with
 * @param detail what is wrong, in words
 * @param retroactive what made it as grave as it is came late, and the present has not confirmed it: pages nobody
 * @param acknowledged who takes care, null if nobody yet; an alert that gets graver is to be acknowledged again
 * @param shelved who shelved it until when, null if it may disturb
 */
public record OpenAlert(
        UUID alert,
        String rule,
        Severity severity,
        String site,
        String agent,
        Series series,
        long sinceMicros,
        long position,
        double value,
        double limit,
        String detail,
        boolean retroactive,
        @Nullable Note acknowledged,
        @Nullable Note shelved) {}
