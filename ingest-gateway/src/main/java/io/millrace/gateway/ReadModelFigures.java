package io.millrace.gateway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.gateway.live.Pipeline;
import io.millrace.gateway.live.PipelineTruth;
import io.millrace.gateway.project.EngineProjection;
import io.millrace.projections.Limits;
import io.millrace.projections.Stats;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.function.ToLongFunction;

/**
 * What the engine of windows and rules holds, and what it and admission left out since the start of the log, as metrics. A
 * rebuild begins the engine's counters anew.
 */
@Singleton
final class ReadModelFigures {
    private static final Limits LIMITS = Limits.DEFAULT;

    private final MeterRegistry registry;
    private final EngineProjection projection;
    private final PipelineTruth truth;

    ReadModelFigures(MeterRegistry registry, EngineProjection projection, PipelineTruth truth) {
        this.registry = registry;
        this.projection = projection;
        this.truth = truth;
    }

    void start(@Observes StartupEvent event) {
        held("series", Stats::series, "Series with windows, at most " + LIMITS.seriesMax());
        held("windows", Stats::windows, "Windows in memory, open or kept, at most " + LIMITS.windowsMax());
        held("alerts", Stats::openAlerts, "Alerts raised and not cleared, at most " + LIMITS.openAlertsMax());
        leftOut("late", Stats::late, "Readings later than allowed: stored, and in no window");
        leftOut("stale", Stats::stale, "Windows marked stale because readings came too late for them");
        leftOut("stale.refused", Stats::staleRefused, "Windows not marked stale: too many at one tick");
        held("gaps", Stats::gaps, "Declared gaps that are remembered for the windows in their times");
        leftOut("gaps.refused", Stats::gapsRefused, "Gaps that are not, or not any more, because there are too many");
        leftOut("unfit", Stats::unfit, "Readings whose number or time cannot be aggregated");
        leftOut("series.refused", Stats::seriesRefused, "Readings of series beyond the limit");
        leftOut("windows.refused", Stats::windowsRefused, "Readings that would have opened a window beyond the limit");
        leftOut("pairs.refused", Stats::judgementsRefused, "Pairs of rule and series beyond the limit: not watched");
        leftOut("alerts.refused", Stats::alertsRefused, "Times that an alert had to wait because too many are open");
        Gauge.builder("millrace.dead.letters", truth, ReadModelFigures::deadLetters)
                .description(
                        "Events that could not be used: too old, too far ahead, not finite, of too many series, say")
                .register(registry);
    }

    private static double deadLetters(PipelineTruth truth) {
        Pipeline now = truth.now();
        return (double) now.ledger().deadLettered() + now.plain().deadLettered();
    }

    private void held(String name, ToLongFunction<Stats> figure, String description) {
        Gauge.builder("millrace.engine." + name, projection, p -> (double) figure.applyAsLong(p.stats()))
                .description(description)
                .register(registry);
    }

    private void leftOut(String name, ToLongFunction<Stats> figure, String description) {
        FunctionCounter.builder("millrace.engine." + name, projection, p -> (double) figure.applyAsLong(p.stats()))
                .description(description)
                .register(registry);
    }
}
