package io.millrace.simulator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.fleet.Signal;
import io.millrace.simulator.mqtt.Access;
import io.millrace.simulator.mqtt.Broker;
import io.millrace.simulator.mqtt.Certificates;
import io.millrace.simulator.mqtt.NullBroker;
import io.millrace.simulator.mqtt.Tls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients over TLS against a broker that asks for their certificates. */
class TlsTest {
    @TempDir
    private static Path folder;

    private static NullBroker broker;

    @BeforeAll
    static void start() throws Exception {
        for (String device : List.of("door-1", "door-2")) {
            Keys.make(folder, device, "dns:" + device);
        }
        Keys.make(folder, "broker", "dns:localhost");
        Path clients = folder.resolve("clients.pem");
        Files.writeString(
                clients,
                Files.readString(folder.resolve("door-1.pem")) + Files.readString(folder.resolve("door-2.pem")));
        broker = new NullBroker(0, Keys.broker(folder, "broker", clients));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Outcome run(String host, Certificates certificates) throws Exception {
        var metric = new Metric("open", "", new Signal.OnOff(3, 0.5));
        var population = new Population(
                7, "sim", List.of(new Fleet(0, "door", Transport.PLAIN, 2, 1, List.of(metric), 100, 0)), 500_000);
        var where = new Broker(host, broker.port(), true);
        var access = new Access(new Tls(where, certificates), "user", "secret");
        var plan = new Plan(population, Faults.NONE, where, access, new Proof.None(), null);
        return new Run(plan, InstantSource.system(), System::nanoTime, new Silent()).execute();
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }

    /** One device speaks MQTT 5, the other 3.1.1. */
    @Test
    void eachDeviceShowsItsOwnCertificate() throws Exception {
        Outcome outcome = run(
                "localhost",
                new Certificates(folder.resolve("broker.pem"), file("{device}.pem"), file("{device}.key")));
        assertThat(outcome.ok()).isTrue();
        assertThat(outcome.acknowledged()).isEqualTo(50);
        assertThat(outcome.connectionsLost()).isZero();
    }

    @Test
    void aBrokerThatNobodyVouchesForIsRefused() {
        assertThatExceptionOfType(UnreachableException.class)
                .isThrownBy(() -> run("localhost", new Certificates(null, file("door-1.pem"), file("door-1.key"))))
                .withMessageContaining("TLS: unable to find valid certification path")
                .withMessageContaining("--ca");
    }

    @Test
    void aBrokerOfAnotherNameIsRefused() {
        assertThatExceptionOfType(UnreachableException.class)
                .isThrownBy(() -> run(
                        "127.0.0.1",
                        new Certificates(folder.resolve("broker.pem"), file("door-1.pem"), file("door-1.key"))))
                .withMessageContaining("TLS: No subject alternative names matching IP address 127.0.0.1");
    }

    @Test
    void withoutACertificateOrWithoutTlsTheBrokersRefusalIsTold() {
        assertThatExceptionOfType(UnreachableException.class)
                .isThrownBy(() -> run("localhost", new Certificates(folder.resolve("broker.pem"), null, null)))
                .withMessageContaining("certificate_required")
                .withMessageContaining("--client-cert");
    }

    @Test
    void whatIsNoCertificateIsToldByItsFile() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run("localhost", new Certificates(folder.resolve("nowhere.pem"), null, null)))
                .withMessageContaining("nowhere.pem cannot be used as CA certificates");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run("localhost", new Certificates(null, file("door-1.key"), file("door-1.pem"))))
                .withMessageContaining("PKCS #8");
    }
}
