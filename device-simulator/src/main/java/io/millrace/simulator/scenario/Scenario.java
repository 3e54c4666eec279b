package io.millrace.simulator.scenario;

import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Population;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario file says; what it leaves out is null.
 *
 * @param fleets 1 or more
 */
public record Scenario(
        @Nullable Long seed,
        @Nullable String site,
        @Nullable Duration length,
        List<Fleet> fleets,
        Faults faults) {
    public Scenario {
        fleets = List.copyOf(fleets);
    }

    /** With the user's flags for what the file leaves open. */
    public Population population(long otherSeed, String otherSite, double otherSeconds) {
        return new Population(otherSeed, otherSite, fleets, Math.round(otherSeconds * 1e6));
    }
}
