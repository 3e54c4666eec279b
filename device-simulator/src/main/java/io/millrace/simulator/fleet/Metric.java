package io.millrace.simulator.fleet;

import io.millrace.model.Names;

/**
 * A quantity that every device of a fleet measures.
 *
 * @param unit empty if it has none
 */
public record Metric(String name, String unit, Signal signal) {
    public Metric {
        Names.check("metric", name);
    }
}
