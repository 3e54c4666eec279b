package io.millrace.gateway.admit;

import io.millrace.model.EventBatch;
import io.millrace.model.ValueType;
import io.millrace.store.log.Verdict;
import io.millrace.store.log.Verdicts;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Decides event by event: stored, stored as future, or a dead letter. */
final class Judge {
    /** A device's clock may be this far ahead of ours before its readings count as future. */
    static final Duration AHEAD_MAX = Duration.ofMinutes(10);

    /** Further ahead than this, a reading would only pollute the store. */
    static final Duration FUTURE_MAX = Duration.ofDays(1);

    /** Before this no clock was set: real-time clocks without battery start in 1970 or 1980. */
    static final Instant FLOOR = Instant.parse("2000-01-01T00:00:00Z");

    private static final long FLOOR_MICROS = micros(FLOOR);

    private final SeriesRegistry registry;

    Judge(SeriesRegistry registry) {
        this.registry = registry;
    }

    Verdicts judge(String site, String agent, EventBatch events, long nowMicros) {
        boolean[] refused = refusedSeries(site, agent, events);
        Verdicts.Builder verdicts = Verdicts.builder();
        for (int i = 0; i < events.size(); i++) {
            Verdict verdict = refused != null && refused[events.seriesIndex(i)]
                    ? tooManySeries(events, i)
                    : judge(events, i, nowMicros);
            if (verdict != null) {
                verdicts.add(i, verdict);
            }
        }
        return verdicts.build();
    }

    private boolean @Nullable [] refusedSeries(String site, String agent, EventBatch events) {
        boolean[] refused = null;
        for (int s = 0; s < events.series().size(); s++) {
            if (!registry.admit(site, agent, events.series().get(s))) {
                refused = refused == null ? new boolean[events.series().size()] : refused;
                refused[s] = true;
            }
        }
        return refused;
    }

    private static Verdict tooManySeries(EventBatch events, int i) {
        return new Verdict.DeadLetter(
                "too_many_series",
                "series %s/%s is new and there are %d already, the most that are kept"
                        .formatted(events.series(i).device(), events.series(i).metric(), SeriesRegistry.SERIES_MAX));
    }

    private static @Nullable Verdict judge(EventBatch events, int i, long nowMicros) {
        if (events.type(i) == ValueType.NUMBER && !Double.isFinite(events.number(i))) {
            return new Verdict.DeadLetter(
                    "not_finite", "value is %s, expected a finite number".formatted(events.number(i)));
        }
        long ahead = events.timeMicros(i) - nowMicros;
        if (events.timeMicros(i) < FLOOR_MICROS) {
            return new Verdict.DeadLetter(
                    "too_old", "time is %s, expected %s or later".formatted(time(events.timeMicros(i)), FLOOR));
        }
        if (ahead > micros(FUTURE_MAX)) {
            return new Verdict.DeadLetter(
                    "too_far_ahead",
                    "time is %s, expected at most a day after %s"
                            .formatted(time(events.timeMicros(i)), time(nowMicros)));
        }
        return ahead > micros(AHEAD_MAX) ? new Verdict.Future() : null;
    }

    private static String time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }
}
