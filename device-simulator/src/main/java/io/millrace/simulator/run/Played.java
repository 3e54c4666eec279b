package io.millrace.simulator.run;

import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Part;
import io.millrace.simulator.fleet.Population;
import java.util.List;

/**
 * What was played, as far as a report tells it.
 *
 * @param part which part of it
 * @param seconds how long events were due
 * @param fleets with the units that were played
 * @param fingerprint the same for all parts of one fleet, and for nothing else
 */
public record Played(long seed, String site, Part part, double seconds, List<Group> fleets, String fingerprint) {
    /**
     * Units of one kind.
     *
     * @param devices behind each unit
     * @param clocksWrong whether the clocks of some of them are off or drift
     */
    public record Group(String name, Transport transport, int units, int devices, boolean clocksWrong) {}

    public Played {
        fleets = List.copyOf(fleets);
    }

    static Played of(Population population, Faults faults) {
        return new Played(
                population.seed(),
                population.site(),
                population.part(),
                population.horizonMicros() / 1e6,
                population.fleets().stream()
                        .map(fleet -> group(population, fleet))
                        .toList(),
                population.fingerprint(faults.toString()));
    }

    private static Group group(Population population, Fleet fleet) {
        return new Group(
                fleet.name(),
                fleet.transport(),
                population.unitsOf(fleet).length,
                fleet.devicesPerUnit(),
                fleet.skew().share() > 0);
    }

    /** Units of one kind, of all fleets. */
    public int units(Transport transport) {
        return fleets.stream()
                .filter(group -> group.transport() == transport)
                .mapToInt(Group::units)
                .sum();
    }
}
