package io.millrace.simulator.run;

import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.mqtt.Access;
import io.millrace.simulator.mqtt.Broker;
import org.jspecify.annotations.Nullable;

/**
 * What is to be run against what.
 *
 * @param proof how it is found out afterwards what became of events
 * @param metricsPort on loopback, 0 for any free one; null for no metrics
 */
public record Plan(
        Population population,
        Faults faults,
        Broker broker,
        Access access,
        Proof proof,
        @Nullable Integer metricsPort) {}
