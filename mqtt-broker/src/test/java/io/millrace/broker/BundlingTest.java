package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundled or not: what is acknowledged is there, those who listen hear it, and agents are told when nobody does. */
class BundlingTest {
    private static final String PLAIN = "millrace/v1/home/thermometer/event/temperature";
    private static final String BATCH = "millrace/v1/home/gw-1/batch/telemetry";
    private static final String PLAIN_SESSION = "millrace-gateway-plain-bundles";
    private static final String PLAIN_BUNDLES = "millrace-bundle/1/plain/+";
    private static final String BATCH_SESSION = "millrace-gateway-batch-bundles";
    private static final int MESSAGES = 800;
    private static final int NOBODY_LISTENS = 0x10;
    private static final int NOT_AUTHORIZED = 0x87;

    @TempDir
    private Path folder;

    @Test
    void whatWasAcknowledgedInBundlesSurvivesKillMinus9() throws Exception {
        try (var first = BrokerProcess.start(folder, 0)) {
            String address = first.awaitReady();
            Clients.subscribeAndLeave(address, PLAIN_SESSION, PLAIN_BUNDLES);
            assertThat(Clients.publishAtOnce(address, PLAIN, MESSAGES)).containsOnly(0);
            first.kill();
        }
        try (var second = BrokerProcess.start(folder, 0)) {
            List<String> all = new ArrayList<>();
            int bundles = 0;
            try (var gateway = Clients.Session.resumed(second.awaitReady(), PLAIN_SESSION)) {
                while (all.size() < MESSAGES) {
                    all.addAll(payloads(gateway.next()));
                    bundles++;
                }
            }
            assertThat(all)
                    .containsExactlyElementsOf(IntStream.range(0, MESSAGES)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(bundles).as("bundles for %d messages", MESSAGES).isLessThan(MESSAGES);
        }
    }

    @Test
    void agentsAreToldThatNobodyListensAsSoonAsTheGatewayIsGone() throws Exception {
        try (var broker = Broker.start(new Arguments(folder, 0, false))) {
            String address = "127.0.0.1:" + broker.port();
            assertThat(Clients.publishAtOnce(address, BATCH, 10)).containsOnly(NOBODY_LISTENS);
            try (var gateway = Clients.Session.clean(address, BATCH_SESSION)) {
                gateway.subscribe("millrace-bundle/1/batch/+");
                assertThat(Clients.publishAtOnce(address, BATCH, 10)).containsOnly(0);
                var all = new ArrayList<String>();
                while (all.size() < 10) {
                    all.addAll(payloads(gateway.next()));
                }
                assertThat(all).hasSize(10).startsWith("0", "1");
            }
            assertThat(Clients.publishAtOnce(address, BATCH, 10)).containsOnly(NOBODY_LISTENS);
            assertThat(Clients.publishAtOnce(address, BATCH, 10)).containsOnly(NOBODY_LISTENS);
        }
    }

    @Test
    void whoeverElseSubscribesHearsEveryMessage() throws Exception {
        try (var broker = Broker.start(new Arguments(folder, 0, false))) {
            String address = "127.0.0.1:" + broker.port();
            Clients.subscribeAndLeave(address, PLAIN_SESSION, PLAIN_BUNDLES);
            Clients.subscribeAndLeave(address, "millrace-gateway-plain", "millrace/v1/+/+/event/#");
            try (var other = Clients.Session.clean(address, "dashboard")) {
                other.subscribe("millrace/#");
                assertThat(Clients.publishAtOnce(address, PLAIN, 100)).containsOnly(0);
                for (int i = 0; i < 100; i++) {
                    assertThat(new String(other.next().getPayload())).isEqualTo(Integer.toString(i));
                }
            }
            try (var gateway = Clients.Session.resumed(address, "millrace-gateway-plain")) {
                for (int i = 0; i < 100; i++) {
                    assertThat(new String(gateway.next().getPayload())).isEqualTo(Integer.toString(i));
                }
            }
        }
    }

    @Test
    void ofADroppedBundleEveryMessageIsCounted() throws Exception {
        int kept = 0;
        try (var broker = Broker.start(new Arguments(folder, 0, false), 2)) {
            String address = "127.0.0.1:" + broker.port();
            Clients.subscribeAndLeave(address, PLAIN_SESSION, PLAIN_BUNDLES);
            assertThat(Clients.publishAtOnce(address, PLAIN, MESSAGES)).containsOnly(0);
            try (var gateway = Clients.Session.resumed(address, PLAIN_SESSION)) {
                kept += payloads(gateway.next()).size()
                        + payloads(gateway.next()).size();
            }
        }
        assertThat(Files.readAllLines(folder.resolve("dropped"))) // with what other tests of this JVM dropped
                .contains("%d %s".formatted(MESSAGES - kept, PLAIN_SESSION));
    }

    /** A well-formed one, too: it would be told of others' lanes, and counted as many messages if it is dropped. */
    @Test
    void nobodyButTheBrokerPublishesABundle() throws Exception {
        String bundles = "millrace-bundle/1/plain/1";
        try (var broker = Broker.start(new Arguments(folder, 0, false));
                var gateway = Clients.Session.clean("127.0.0.1:" + broker.port(), PLAIN_SESSION)) {
            String address = "127.0.0.1:" + broker.port();
            gateway.subscribe(PLAIN_BUNDLES);
            for (String client : List.of("forger", "millrace-gateway-forger")) {
                assertThat(Clients.publishOnce(address, client, bundles, bundle(PLAIN, "forged")))
                        .isEqualTo(NOT_AUTHORIZED);
            }
            assertThat(Clients.publishOnce(address, "other", "elsewhere", bundle(PLAIN, "forged")))
                    .isEqualTo(NOBODY_LISTENS);
            assertThatExceptionOfType(MqttException.class)
                    .isThrownBy(() -> Clients.connectWithWill(address, bundles, bundle(PLAIN, "forged")))
                    .returns(NOT_AUTHORIZED, MqttException::getReasonCode);

            assertThat(Clients.publishAtOnce(address, PLAIN, 1)).containsOnly(0);
            assertThat(payloads(gateway.next())).containsExactly("0");
        }
    }

    @Test
    void receiptsReachWhoSubscribesAndNoSessionOfTheGateway() throws Exception {
        String receipts = "millrace/v1/home/gw-1/receipt/telemetry";
        try (var broker = Broker.start(new Arguments(folder, 0, false))) {
            String address = "127.0.0.1:" + broker.port();
            try (var agent = Clients.Session.clean(address, "gw-1");
                    var other = Clients.Session.clean(address, "curious");
                    var strays = Clients.Session.clean(address, "millrace-gateway-strays")) {
                agent.subscribe("millrace/v1/home/gw-1/receipt/+");
                other.subscribe("#");
                strays.subscribe("#");
                Clients.publishAtMostOnce(address, "millrace-gateway-receipts", receipts, 100);
                for (int i = 0; i < 100; i++) {
                    assertThat(new String(agent.next().getPayload())).isEqualTo(Integer.toString(i));
                    assertThat(new String(other.next().getPayload())).isEqualTo(Integer.toString(i));
                }
                Clients.publishOnce(address, "anybody", receipts, "no receipt".getBytes(StandardCharsets.UTF_8));
                assertThat(new String(strays.next().getPayload()))
                        .as("the first that it hears")
                        .isEqualTo("no receipt");
            }
        }
    }

    private static byte[] bundle(String topic, String payload) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        byte[] content = payload.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + name.length + 4 + content.length)
                .putShort((short) name.length)
                .put(name)
                .putInt(content.length)
                .put(content)
                .array();
    }

    /** The messages of a bundle: docs/formats/bundle.md. */
    private static List<String> payloads(MqttMessage bundle) {
        var payloads = new ArrayList<String>();
        ByteBuffer in = ByteBuffer.wrap(bundle.getPayload());
        while (in.hasRemaining()) {
            in.position(in.position() + 2 + in.getShort(in.position()));
            var payload = new byte[in.getInt()];
            in.get(payload);
            payloads.add(new String(payload));
        }
        return payloads;
    }
}
