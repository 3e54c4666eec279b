package io.millrace.simulator;

import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.fleet.Signal;
import java.util.ArrayList;
import java.util.List;

/** What flags alone describe: plain devices with one metric, agents with eight devices of one metric each. */
final class QuickFleets {
    private static final int DEVICES_PER_AGENT = 8;

    private static final Metric TEMPERATURE = new Metric("temperature", "°C", new Signal.Sine(21, 4, 600, 0.1, 2));

    private QuickFleets() {}

    /** The rate is of all together; each device and each agent has the same share. */
    static Population population(
            long seed, String site, int devices, int agents, double eventsPerSecond, double seconds) {
        double perUnit = eventsPerSecond / (devices + agents);
        List<Fleet> fleets = new ArrayList<>();
        if (devices > 0) {
            fleets.add(new Fleet(
                    fleets.size(), "device", Transport.PLAIN, devices, 1, List.of(TEMPERATURE), perUnit * devices, 0));
        }
        if (agents > 0) {
            fleets.add(new Fleet(
                    fleets.size(),
                    "agent",
                    Transport.AGENT,
                    agents,
                    DEVICES_PER_AGENT,
                    List.of(TEMPERATURE),
                    perUnit * agents,
                    0));
        }
        return new Population(seed, site, fleets, Math.round(seconds * 1e6));
    }
}
