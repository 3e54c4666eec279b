package io.millrace.agent.uplink.paho;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.agent.uplink.MqttLink;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the uplink is told when the broker, or the way to it, does what Paho has its own views on. */
class PahoMqttLinkTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final MqttLink.Will WILL =
            new MqttLink.Will("millrace/v1/plant-1/gw-7/status", new byte[] {'{', '}'});

    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private ScriptedBroker broker;

    private MqttLink link;

    /** Writes down what it is told. */
    private final class Ears implements MqttLink.Listener {
        @Override
        public void connected(int receiveMaximum) {
            heard.add("connected " + receiveMaximum);
        }

        @Override
        public void acknowledged(long id, int reasonCode) {
            heard.add("acknowledged %d 0x%02x".formatted(id, reasonCode));
        }

        @Override
        public void received(String topic, byte[] payload) {
            heard.add("received " + topic);
        }

        @Override
        public void lost(String reason) {
            heard.add("lost " + reason);
        }
    }

    @BeforeEach
    void connect() throws Exception {
        broker = new ScriptedBroker();
        link = new PahoLinks(broker.uri(), Duration.ofSeconds(1)).create();
        link.connect("plant-1/gw-7", WILL, new Ears());
        assertThat(next()).isEqualTo("connected 10");
    }

    @AfterEach
    void end() throws IOException {
        link.close();
        broker.close();
    }

    private @Nullable String next() throws InterruptedException {
        return heard.poll(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    /** Property 0x21 (MQTT 5.0, section 3.1.2.11.3): HiveMQ does work for each that it might send. */
    @Test
    void asksForFewMessagesAtATime() {
        assertThat(broker.connect()).containsSequence(0x21, 0, MqttLink.UNANSWERED_MAX);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x10, 0x80, 0x97})
    void tellsTheCodeWithWhichTheBrokerAnswered(int code) throws Exception {
        broker.answerPublishesWith(code);
        link.publish(7, "millrace/v1/plant-1/gw-7/batch/telemetry", new byte[300], false);
        assertThat(next()).isEqualTo("acknowledged 7 0x%02x".formatted(code));
    }

    @Test
    void aRefusedSubscriptionIsTheEndOfTheLink() throws Exception {
        broker.answerSubscriptionsWith(0x87);
        link.subscribe("millrace/v1/plant-1/gw-7/receipt/+");
        assertThat(next()).startsWith("lost subscription").endsWith("reasonCode=0x87");
    }

    @Test
    void saysWhenAnotherClientTookItsName() throws Exception {
        broker.disconnectOnSubscriptionsWith(0x8E);
        link.subscribe("millrace/v1/plant-1/gw-7/receipt/+");
        assertThat(next()).startsWith("lost another client with the same name").contains("plant-1/gw-7");
    }

    @Test
    void findsAConnectionThatIsOpenOnThisSideOnly() throws Exception {
        broker.fallSilent();
        assertThat(next()).as("by the keep-alive, nothing is under way").startsWith("lost ");
        link.close();
        broker.awaitEnd();
    }

    @Test
    void tellsOfItOnceAlsoWhenMessagesWereUnderWay() throws Exception {
        broker.fallSilent();
        link.publish(1, "millrace/v1/plant-1/gw-7/batch/telemetry", new byte[300], false);
        link.publish(2, "millrace/v1/plant-1/gw-7/batch/telemetry", new byte[300], false);
        assertThat(next()).startsWith("lost ");
        link.close();
        broker.awaitEnd();
        assertThat(heard).as("after the end").isEmpty();
    }
}
