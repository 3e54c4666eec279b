package io.millrace.store.derive;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A step in an alert's life; a row of the {@code alert_transitions} table, whose key is time, id and transition.
 *
 * @param atMicros event time at which the rule's condition was met, microseconds since 1970
 * @param position of the entry that caused it
 * @param id of the alert, made of rule, series and the position that raised it
 * @param severity critical, major, minor or warning
 * @param value what was compared; NaN if nothing was
 * @param limit it was compared with; NaN if there is none
 * @param text one sentence for a person
 * @param who did it; null if nobody did
 * @param why in their words; null if nobody did
 * @param untilMicros when a shelving ends, microseconds since 1970; null if it is none
 * @param retroactive found in backfilled data: pages nobody
 */
public record TransitionRow(
        long atMicros,
        long position,
        String id,
        String rule,
        String site,
        String agent,
        String device,
        String metric,
        Transition transition,
        String severity,
        double value,
        double limit,
        String text,
        boolean retroactive,
        @Nullable String who,
        @Nullable String why,
        @Nullable Long untilMicros) {
    /** The lower-case name is what the table stores. */
    public enum Transition {
        RAISED,
        /** Late data raised it or made it graver, and the present leaves it so. */
        CONFIRMED,
        /** Graver than before. */
        ESCALATED,
        /** Stays raised although its condition comes and goes. */
        FLAPPING,
        ACKNOWLEDGED,
        SHELVED,
        UNSHELVED,
        CLEARED;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
