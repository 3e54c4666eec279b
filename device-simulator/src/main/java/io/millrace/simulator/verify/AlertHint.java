package io.millrace.simulator.verify;

import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.fleet.Signal.Faulty;
import io.millrace.simulator.fleet.Signal.Sine;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A rule to add where devices go wrong and nothing raises an alert. */
public final class AlertHint {
    private AlertHint() {}

    /** A sentence with a rule that the first quantity meets which goes wrong within the run; null if none does. */
    public static @Nullable String of(Population population) {
        for (Fleet fleet : population.fleets()) {
            for (Metric metric : fleet.metrics()) {
                if (metric.signal() instanceof Faulty(Sine healthy, Sine broken, double from, double _)
                        && from * 1e6 < population.horizonMicros()
                        && healthy.mean() != broken.mean()) {
                    return String.format(
                            Locale.ROOT,
                            "no alert was raised, so no delay to one was measured; this line under rules: in the"
                                    + " gateway's rules.yaml raises some:"
                                    + " - {name: sim-%s, on: {device: \"%s-*\", metric: \"%s\"}, when: {%s: %s}, severity: major}",
                            fleet.name(),
                            fleet.name(),
                            metric.name(),
                            broken.mean() > healthy.mean() ? "above" : "below",
                            (healthy.mean() + broken.mean()) / 2);
                }
            }
        }
        return null;
    }
}
