package io.millrace.broker.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.mqtt.message.PINGREQ;
import com.hivemq.mqtt.message.QoS;
import com.hivemq.mqtt.message.connack.CONNACK;
import com.hivemq.mqtt.message.puback.PUBACK;
import com.hivemq.mqtt.message.publish.PUBLISH;
import com.hivemq.mqtt.message.publish.PUBLISHFactory;
import com.hivemq.mqtt.message.reason.Mqtt5ConnAckReasonCode;
import com.hivemq.mqtt.message.reason.Mqtt5PubAckReasonCode;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A connection's pipeline with nothing but the tap: inbound is what HiveMQ would get, outbound what the client would. */
class ClientTapTest {
    private static final String PLAIN = "millrace/v1/home/thermometer/event/temperature";
    private static final String ELSEWHERE = "elsewhere";

    private final List<CompletableFuture<Bundle.Fate>> taken = new ArrayList<>();
    private boolean mayTake = true;
    private final EmbeddedChannel channel = new EmbeddedChannel(new ClientTap("thermometer", (_, _, _) -> {
        if (!mayTake) {
            return null;
        }
        taken.add(new CompletableFuture<>());
        return taken.getLast();
    }));

    @BeforeEach
    void connect() {
        channel.writeOutbound(
                CONNACK.builder().withReasonCode(Mqtt5ConnAckReasonCode.SUCCESS).build());
        channel.releaseOutbound();
    }

    @Test
    void isAnsweredWhenTheBundleIsQueued() {
        channel.writeInbound(message(PLAIN, 1, QoS.AT_LEAST_ONCE));
        assertThat(taken).hasSize(1);
        assertThat(channel.<Object>readInbound()).isNull();
        assertThat(channel.<Object>readOutbound()).isNull();
        complete(0, Bundle.Fate.QUEUED);
        assertAnswered(1, Mqtt5PubAckReasonCode.SUCCESS);
    }

    @Test
    void isToldThatNobodyListens() {
        channel.writeInbound(message(PLAIN, 7, QoS.AT_LEAST_ONCE));
        complete(0, Bundle.Fate.NOBODY_LISTENS);
        assertAnswered(7, Mqtt5PubAckReasonCode.NO_MATCHING_SUBSCRIBERS);
    }

    /** MQTT asks for answers in the order of the messages; HiveMQ's own would overtake what waits for its bundle. */
    @Test
    void whatHivemqAnswersWaitsForWhatWasTakenBeforeAndAllBehindItToo() {
        channel.writeInbound(message(PLAIN, 1, QoS.AT_LEAST_ONCE), message(PLAIN, 2, QoS.AT_LEAST_ONCE));
        channel.writeInbound(message(ELSEWHERE, 3, QoS.AT_LEAST_ONCE), PINGREQ.INSTANCE);
        assertThat(channel.config().isAutoRead()).isFalse();
        complete(0, Bundle.Fate.QUEUED);
        assertAnswered(1, Mqtt5PubAckReasonCode.SUCCESS);
        assertThat(channel.<Object>readInbound()).as("passed on too early").isNull();
        complete(1, Bundle.Fate.QUEUED);
        assertThat(channel.<PUBLISH>readInbound().getPacketIdentifier()).isEqualTo(3);
        assertThat(channel.<Object>readInbound()).isSameAs(PINGREQ.INSTANCE);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void takesNothingWhileHivemqHasToAnswer() {
        channel.writeInbound(message(ELSEWHERE, 1, QoS.AT_LEAST_ONCE), message(PLAIN, 2, QoS.AT_LEAST_ONCE));
        assertThat(taken).isEmpty();
        assertThat(channel.inboundMessages()).hasSize(2);
        channel.writeOutbound(new PUBACK(1));
        channel.writeInbound(message(PLAIN, 3, QoS.AT_LEAST_ONCE));
        assertThat(taken).as("2 is not answered").isEmpty();
        channel.writeOutbound(new PUBACK(2), new PUBACK(3));
        channel.writeInbound(message(PLAIN, 4, QoS.AT_LEAST_ONCE));
        assertThat(taken).hasSize(1);
    }

    @Test
    void passesOnWhatCannotBeBundled() {
        mayTake = false;
        channel.writeInbound(message(PLAIN, 0, QoS.AT_MOST_ONCE));
        mayTake = true;
        channel.writeInbound(
                new PUBLISHFactory.Mqtt5Builder()
                        .fromPublish(message(PLAIN, 0, QoS.AT_MOST_ONCE))
                        .withRetain(true)
                        .build(),
                message(ELSEWHERE, 0, QoS.AT_MOST_ONCE),
                message(PLAIN, 1, QoS.EXACTLY_ONCE));
        assertThat(taken).isEmpty();
        assertThat(channel.inboundMessages()).hasSize(4);
    }

    @Test
    void takesNothingBeforeTheClientIsConnected() {
        var fresh = new EmbeddedChannel(new ClientTap("early", (_, _, _) -> {
            throw new AssertionError("taken too early");
        }));
        fresh.writeInbound(message(PLAIN, 1, QoS.AT_LEAST_ONCE));
        assertThat(fresh.inboundMessages()).hasSize(1);
    }

    private void complete(int index, Bundle.Fate fate) {
        taken.get(index).complete(fate);
        channel.runPendingTasks();
    }

    private void assertAnswered(int id, Mqtt5PubAckReasonCode reason) {
        PUBACK answer = channel.readOutbound();
        assertThat(answer.getPacketIdentifier()).isEqualTo(id);
        assertThat(answer.getReasonCode()).isEqualTo(reason);
        assertThat(channel.<Object>readOutbound()).isNull();
    }

    private static PUBLISH message(String topic, int id, QoS qos) {
        return new PUBLISHFactory.Mqtt5Builder()
                .withHivemqId("test")
                .withTopic(topic)
                .withQoS(qos)
                .withOnwardQos(qos)
                .withPacketIdentifier(id)
                .withPayload("1".getBytes(UTF_8))
                .build();
    }
}
