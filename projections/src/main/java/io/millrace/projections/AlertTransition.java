package io.millrace.projections;

import io.millrace.model.Series;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A step in the life of an alert. At most one alert per rule and series is open, and history from backfill is told
 * apart from it by {@code retroactive}.
 *
 * @param id made of rule, series and position, so that deriving it again gives the same
 * @param alert id of the transition that raised it: the same from raised to cleared
 * @param position of the log entry that brought it about
 * @param timeMicros event time of the reading, end of the window, or time of the tick or command that brought it about
 * @param value what was judged; for silence its length in seconds
 * @param limit what the value was compared with: the threshold, where it clears, or the silence allowed in seconds
 * @param detail both in words
 * @param retroactive from backfill or a corrected window: part of the history, pages nobody unless it is confirmed
 * @param note who did it and why; null if nobody did, or the time of a shelving is over
 */
public record AlertTransition(
        UUID id,
        UUID alert,
        long position,
        long timeMicros,
        String rule,
        Severity severity,
        String site,
        String agent,
        Series series,
        Kind kind,
        double value,
        double limit,
        String detail,
        boolean retroactive,
        @Nullable Note note) {
    /** Where the alert goes. */
    public enum Kind {
        RAISED,
        /** Late data raised it or made it graver, and a judgement of the present leaves it so: from now on it may disturb. */
        CONFIRMED,
        /** Graver than before; stays raised. */
        ESCALATED,
        /** Comes and goes too often; stays raised until that settles. */
        FLAPPING,
        /** Somebody takes care; it stays raised. */
        ACKNOWLEDGED,
        /** Shall not disturb for some time, raised or not. */
        SHELVED,
        /** May disturb again, since the time is over or somebody said so. */
        UNSHELVED,
        CLEARED;

        /** As the store writes it: {@code raised}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
