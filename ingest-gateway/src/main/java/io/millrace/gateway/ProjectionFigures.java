package io.millrace.gateway;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.gateway.commit.ReadModelLag;
import io.millrace.gateway.project.RulesWatch;
import io.millrace.store.Store;
import io.millrace.store.derive.Derivation;
import io.millrace.store.log.ProjectionLag;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.ToDoubleFunction;

/** How far what is derived is behind the log, and how far a rebuild has come, as metrics. */
@Singleton
final class ProjectionFigures {
    private final Store store;
    private final Clock clock;

    ProjectionFigures(MeterRegistry registry, Store store, RulesWatch rules, Clock clock) {
        this.store = store;
        this.clock = clock;
        Gauge.builder("millrace.projection.lag.entries", this, f -> f.lag().entries())
                .description("Log entries that are in no window, alert or table yet")
                .register(registry);
        Gauge.builder("millrace.projection.uncommitted.entries", this, f -> f.uncommitted())
                .description(
                        "Log entries of which rows wait for their commit, some for earlier rows, late ones until all before is applied")
                .register(registry);
        Gauge.builder("millrace.projection.lag.seconds", this, f -> f.lag().micros() / 1e6)
                .description("Age of the last log entry that windows and alerts know, 0 if they know all")
                .register(registry);
        rebuild(
                registry,
                "entries.done",
                "Log entries that the rebuild has derived, 0 if there is none",
                r -> r.position());
        rebuild(registry, "entries.left", "Log entries that it has still to derive", r -> r.until() - r.position());
        rebuild(registry, "events.per.second", "Readings that it derives", r -> r.eventsPerSecond());
        rebuild(registry, "eta.seconds", "When it will be done, at the rate of the last seconds", r -> r.secondsLeft());
        Gauge.builder("millrace.rules.refused", rules, r -> r.mistakes().size())
                .description("Mistakes for which rules.yaml, as it is now, is not followed")
                .register(registry);
    }

    private void rebuild(
            MeterRegistry registry, String name, String description, ToDoubleFunction<Derivation.Rebuild> figure) {
        Gauge.builder(
                        "millrace.rebuild." + name,
                        this,
                        f -> f.store
                                .derivation()
                                .progress()
                                .rebuild()
                                .map(figure::applyAsDouble)
                                .orElse(0.0))
                .description(description)
                .register(registry);
    }

    private long uncommitted() {
        Derivation.Progress progress = store.derivation().progress();
        return Math.max(0, progress.position() - progress.committedPosition());
    }

    private ProjectionLag lag() {
        return ReadModelLag.of(
                store.derivation().progress(), ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()));
    }
}
