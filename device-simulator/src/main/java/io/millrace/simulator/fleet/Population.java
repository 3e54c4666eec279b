package io.millrace.simulator.fleet;

import io.millrace.model.Names;
import java.util.List;

/**
 * All fleets of a run. The same seed and the same fleets produce the same events, at the same times since the run began.
 *
 * @param site where all of it is
 * @param fleets 1 or more; their names differ, and none is the beginning of another one's unit
 * @param horizonMicros how long they produce, in microseconds
 */
public record Population(long seed, String site, List<Fleet> fleets, long horizonMicros) {
    public Population {
        Names.check("site", site);
        fleets = List.copyOf(fleets);
        if (fleets.isEmpty() || horizonMicros < 1) {
            throw new IllegalArgumentException("a population of %d fleets for %d microseconds, expected at least one"
                    .formatted(fleets.size(), horizonMicros));
        }
    }

    /** Events of all fleets. */
    public long events() {
        return fleets.stream()
                .mapToLong(
                        fleet -> fleet.samples(horizonMicros) * fleet.metrics().size())
                .sum();
    }

    /** Connections of all fleets. */
    public int units() {
        return fleets.stream().mapToInt(Fleet::units).sum();
    }

    /** Connections of one kind. */
    public int units(Fleet.Transport transport) {
        return fleets.stream()
                .filter(fleet -> fleet.transport() == transport)
                .mapToInt(Fleet::units)
                .sum();
    }

    /** The same fleets for another time. */
    public Population until(long otherHorizonMicros) {
        return new Population(seed, site, fleets, otherHorizonMicros);
    }
}
