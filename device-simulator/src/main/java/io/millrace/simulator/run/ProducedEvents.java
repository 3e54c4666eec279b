package io.millrace.simulator.run;

import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.verify.Produced;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the clients of a run produced: all that was due, or only what was sent if it was interrupted. */
final class ProducedEvents implements Produced {
    private final Population population;
    private final boolean interrupted;

    /** By fleet and unit; null for those of agents. */
    private final @Nullable PlainDevice[][] devices;

    private final long[][] sentByAgents;

    ProducedEvents(Population population, boolean interrupted, List<PlainDevice> devices, List<VirtualAgent> agents) {
        this.population = population;
        this.interrupted = interrupted;
        this.devices = new PlainDevice[population.fleets().size()][];
        this.sentByAgents = new long[population.fleets().size()][];
        for (Fleet fleet : population.fleets()) {
            this.devices[fleet.index()] = new PlainDevice[fleet.units()];
            this.sentByAgents[fleet.index()] = new long[fleet.units()];
        }
        devices.forEach(device -> this.devices[device.fleet().index()][device.unit()] = device);
        agents.forEach(agent -> sentByAgents[agent.fleet().index()][agent.unit()] = agent.sent());
    }

    @Override
    public long events(Fleet fleet, int unit) {
        if (!interrupted) {
            return fleet.eventsOf(unit, population.horizonMicros());
        }
        PlainDevice device = devices[fleet.index()][unit];
        return device == null ? sentByAgents[fleet.index()][unit] : device.sent();
    }

    @Override
    public int repeats(Fleet fleet, int unit, long event) {
        PlainDevice device = devices[fleet.index()][unit];
        return device == null ? 0 : device.repeats(event);
    }
}
