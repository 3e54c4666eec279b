package io.millrace.simulator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.simulator.fault.Episode;
import io.millrace.simulator.fault.Episode.Kind;
import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.fleet.Signal;
import io.millrace.simulator.mqtt.Access;
import io.millrace.simulator.mqtt.Broker;
import io.millrace.simulator.mqtt.NullBroker;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Devices over real sockets against a broker that acknowledges everything. */
class RunTest {
    private static final Metric METRIC = new Metric("temperature", "°C", new Signal.Sine(21, 4, 600, 0.1, 2));
    private static final Population POPULATION = new Population(
            7, "sim", List.of(new Fleet(0, "device", Transport.PLAIN, 20, 1, List.of(METRIC), 1_000, 0.1)), 3_000_000);

    private static Outcome run(Faults faults, int port) throws Exception {
        return run(POPULATION, faults, port);
    }

    private static Outcome run(Population population, Faults faults, int port) throws Exception {
        var plan = new Plan(population, faults, new Broker("127.0.0.1", port), Access.FREE, new Proof.None(), null);
        return new Run(plan, InstantSource.system(), System::nanoTime, new Silent()).execute();
    }

    @Test
    void sendsEachEventOnceAndTimesItsAcknowledgement() throws Exception {
        try (var broker = new NullBroker(0)) {
            Outcome outcome = run(Faults.NONE, broker.port());
            assertThat(outcome.ok()).isTrue();
            assertThat(outcome.produced()).isEqualTo(3_000);
            assertThat(outcome.acknowledged()).isEqualTo(3_000);
            assertThat(outcome.receipt().count()).isEqualTo(3_000);
            assertThat(broker.published()).isEqualTo(3_000);
        }
    }

    @Test
    void bringsEveryEventThroughWhateverGoesWrong() throws Exception {
        var faults = new Faults(
                List.of(
                        new Episode(0, Kind.DISCONNECT, 300_000, 0, 0.5, 0, 0),
                        new Episode(1, Kind.OUTAGE, 800_000, 700_000, 0.5, 0, 0),
                        new Episode(2, Kind.HALF_OPEN, 1_000_000, 700_000, 0.5, 0, 0),
                        new Episode(3, Kind.SLOW, 1_800_000, 700_000, 0.5, 20_000, 50),
                        new Episode(4, Kind.HERD, 2_000_000, 500_000, 0.5, 0, 0)),
                List.of(),
                0.02,
                new Faults.Reorder(0.02, 0.02, 200_000),
                0.02);
        try (var broker = new NullBroker(0)) {
            Outcome outcome = run(faults, broker.port());
            assertThat(outcome.acknowledged()).isEqualTo(3_000);
            assertThat(outcome.faults())
                    .containsOnlyKeys(
                            "disconnect", "outage", "half_open", "slow", "herd", "duplicate", "reorder", "garbage");
            assertThat(outcome.connectionsLost()).isGreaterThanOrEqualTo(20);
            assertThat(broker.published()).isGreaterThan(3_000);
        }
    }

    @Test
    void slowsLinksDownWithoutDamageToWhatPasses() throws Exception {
        var slow = new Episode(0, Kind.SLOW, 300_000, 1_500_000, 1, 40_000, 20);
        var again = new Episode(1, Kind.SLOW, 2_000_000, 500_000, 1, 20_000, 300);
        var faults = new Faults(List.of(slow, again), List.of(), 0, Faults.Reorder.NONE, 0);
        try (var broker = new NullBroker(0)) {
            Outcome outcome = run(faults, broker.port());
            assertThat(outcome.acknowledged()).isEqualTo(3_000);
            assertThat(outcome.connectionsLost()).isZero();
            assertThat(outcome.receipt().max()).isGreaterThanOrEqualTo(600); // there and back, of the second time
        }
    }

    /** A device that has as many messages under way as it may sends no fault, and then none may be counted. */
    @Test
    void countsFaultsOfMessagesThatWereSentAndNoOthers() throws Exception {
        var one = new Population(
                7,
                "sim",
                List.of(new Fleet(0, "device", Transport.PLAIN, 1, 1, List.of(METRIC), 10_000, 0)),
                1_000_000);
        var slow = new Episode(0, Kind.SLOW, 200_000, 300_000, 1, 10_000_000, 50);
        var faults = new Faults(List.of(slow), List.of(), 0.5, Faults.Reorder.NONE, 0.5);
        try (var broker = new NullBroker(0)) {
            Outcome outcome = run(one, faults, broker.port());
            assertThat(outcome.acknowledged()).isEqualTo(10_000);
            assertThat(outcome.faults().get("garbage"))
                    .isEqualTo(outcome.garbageTaken())
                    .isPositive();
            assertThat(broker.published())
                    .isEqualTo(10_000
                            + outcome.faults().get("garbage")
                            + outcome.faults().get("duplicate"));
        }
    }

    @Test
    void tellsWhenNoBrokerIsThere() {
        assertThatExceptionOfType(UnreachableException.class)
                .isThrownBy(() -> run(Faults.NONE, 1)) // nobody listens there without root's doing
                .withMessageContaining("cannot be used");
    }
}
