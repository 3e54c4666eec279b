package io.millrace.gateway.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.projections.Note;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An alert that was raised and not cleared, as JSON shows it.
 *
 * @param since event time at which it was raised
 * @param value what was compared when it was raised or got graver, if anything was
 * @param detail what is wrong, in words
 * @param retroactive what made it as grave as it is came late, and the present has not confirmed it: nobody is told
 * @param acknowledged null if nobody takes care yet
 * @param shelved null if it may disturb
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
        String detail,
        boolean retroactive,
        @Nullable Done acknowledged,
        @Nullable Done shelved) {
    /**
     * Who did something about it, when and why.
     *
     * @param until when a shelving ends; null if it is none
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Done(
            String who, String why, Instant at, @Nullable Instant until) {
        private static @Nullable Done of(@Nullable Note note) {
            return note == null
                    ? null
                    : new Done(
                            note.who(),
                            note.why(),
                            instant(note.atMicros()),
                            note.untilMicros() == 0 ? null : instant(note.untilMicros()));
        }
    }

    /** Those that nobody has shelved or acknowledged first, then the gravest, and of those the latest. */
    public static List<OpenAlert> listOf(List<io.millrace.projections.OpenAlert> open, int max) {
        return open.stream()
                .sorted(Comparator.comparing((io.millrace.projections.OpenAlert a) -> a.shelved() != null)
                        .thenComparing(a -> a.acknowledged() != null)
                        .thenComparing(io.millrace.projections.OpenAlert::severity)
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
                instant(alert.sinceMicros()),
                Double.isNaN(alert.value()) ? null : alert.value(),
                alert.detail(),
                alert.retroactive(),
                Done.of(alert.acknowledged()),
                Done.of(alert.shelved()));
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
