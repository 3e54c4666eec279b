package io.millrace.simulator.run;

import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.mqtt.Access;
import io.millrace.simulator.mqtt.Broker;
import io.millrace.simulator.verify.SqlAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is to be run against what.
 *
 * @param verifyBy the store to compare with afterwards; null to leave that out
 * @param metricsPort on loopback, 0 for any free one; null for no metrics
 */
public record Plan(
        Population population,
        Faults faults,
        Broker broker,
        Access access,
        @Nullable SqlAddress verifyBy,
        @Nullable Integer metricsPort) {}
