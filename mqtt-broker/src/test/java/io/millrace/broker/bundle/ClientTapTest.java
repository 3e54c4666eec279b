package io.millrace.broker.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.hivemq.mqtt.message.PINGREQ;
import com.hivemq.mqtt.message.QoS;
import com.hivemq.mqtt.message.puback.PUBACK;
import com.hivemq.mqtt.message.publish.PUBLISH;
import com.hivemq.mqtt.message.publish.PUBLISHFactory;
import com.hivemq.mqtt.message.reason.Mqtt5PubAckReasonCode;
import com.hivemq.mqtt.message.reason.Mqtt5SubAckReasonCode;
import com.hivemq.mqtt.message.suback.SUBACK;
import com.hivemq.mqtt.message.subscribe.SUBSCRIBE;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A connection's pipeline with nothing but the tap: inbound is what HiveMQ would get, outbound what the client would. */
class ClientTapTest {
    private static final String PLAIN = "millrace/v1/home/thermometer/event/temperature";
    private static final String ELSEWHERE = "elsewhere";

    private final List<CompletableFuture<Bundle.Fate>> taken = new ArrayList<>();
    private boolean takes = true;

    /** That of all that is taken; null: each has its own. */
    private @Nullable CompletableFuture<Bundle.Fate> bundle;

    private int refused;
    private final EmbeddedChannel channel = new EmbeddedChannel(new ClientTap(new ClientTap.Taker() {
        @Override
        public boolean takes(Route route) {
            return takes;
        }

        @Override
        public CompletableFuture<Bundle.Fate> take(Route route, String topic, ByteBuffer payload) {
            taken.add(bundle == null ? new CompletableFuture<>() : bundle);
            return taken.getLast();
        }

        @Override
        public void refuse(Channel client) {
            refused++;
        }
    }));

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
    void messagesOfOneBundleAreAnsweredInTheirOrder() {
        bundle = new CompletableFuture<>();
        channel.writeInbound(
                message(PLAIN, 3, QoS.AT_LEAST_ONCE),
                message(PLAIN, 1, QoS.AT_LEAST_ONCE),
                message(PLAIN, 2, QoS.AT_LEAST_ONCE));
        complete(0, Bundle.Fate.QUEUED);
        assertAnswered(3, 1, 2);
    }

    @Test
    void aLaterBundleIsNotAnsweredBeforeAnEarlierOne() {
        channel.writeInbound(message(PLAIN, 1, QoS.AT_LEAST_ONCE), message(PLAIN, 2, QoS.AT_LEAST_ONCE));
        complete(1, Bundle.Fate.QUEUED);
        assertThat(channel.<Object>readOutbound()).isNull();
        complete(0, Bundle.Fate.QUEUED);
        assertAnswered(1, 2);
    }

    /** It comes back to bundles: a client that always has something under way would stay with HiveMQ for ever. */
    @Test
    void whatIsTakenWaitsForWhatHivemqHasToAnswer() {
        channel.writeInbound(message(ELSEWHERE, 1, QoS.AT_LEAST_ONCE), message(PLAIN, 2, QoS.AT_LEAST_ONCE));
        assertThat(channel.inboundMessages()).hasSize(1);
        assertThat(taken).isEmpty();
        channel.writeInbound(message(PLAIN, 3, QoS.AT_LEAST_ONCE));
        channel.writeOutbound(new PUBACK(1));
        channel.runPendingTasks();
        assertThat(taken).hasSize(2);
        assertThat(channel.inboundMessages()).hasSize(1);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void doesNotWaitForHivemqWhileNothingIsBundled() {
        takes = false;
        channel.writeInbound(message(ELSEWHERE, 1, QoS.AT_LEAST_ONCE), message(PLAIN, 2, QoS.AT_LEAST_ONCE));
        assertThat(channel.inboundMessages()).hasSize(2);
    }

    @Test
    void whatIsBehindASubscriptionWaitsForItsAnswer() {
        channel.writeInbound(message(PLAIN, 1, QoS.AT_LEAST_ONCE));
        channel.writeInbound(
                message(ELSEWHERE, 2, QoS.AT_LEAST_ONCE),
                new SUBSCRIBE(ImmutableList.of(), 3),
                message(ELSEWHERE, 4, QoS.AT_LEAST_ONCE));
        complete(0, Bundle.Fate.QUEUED);
        assertThat(channel.inboundMessages()).hasSize(2).last().isInstanceOf(SUBSCRIBE.class);
        channel.writeOutbound(new SUBACK(3, Mqtt5SubAckReasonCode.GRANTED_QOS_0));
        channel.runPendingTasks();
        assertThat(channel.inboundMessages()).hasSize(3);
    }

    @Test
    void aClientWhoseMessageFailedIsRefusedOnceAndNothingElseOfItIsTaken() {
        bundle = new CompletableFuture<>();
        channel.writeInbound(message(PLAIN, 1, QoS.AT_LEAST_ONCE), message(PLAIN, 2, QoS.AT_LEAST_ONCE));
        complete(0, Bundle.Fate.FAILED);
        channel.writeInbound(message(PLAIN, 3, QoS.AT_LEAST_ONCE));
        assertThat(refused).isEqualTo(1);
        assertThat(taken).hasSize(2);
        assertThat(channel.<Object>readInbound()).isNull();
        assertThat(channel.<Object>readOutbound()).isNull();
    }

    @Test
    void aHeldFarewellCountsWhenTheConnectionEnds() {
        channel.writeInbound(message(PLAIN, 1, QoS.AT_LEAST_ONCE));
        channel.writeInbound(message(ELSEWHERE, 2, QoS.AT_LEAST_ONCE), PINGREQ.INSTANCE);
        channel.close();
        assertThat(channel.<Object>readInbound()).isSameAs(PINGREQ.INSTANCE);
        assertThat(channel.<Object>readInbound()).isNull();
    }

    @Test
    void whatComesAgainBeforeItsAnswerIsTakenOnce() {
        PUBLISH first = message(PLAIN, 1, QoS.AT_LEAST_ONCE);
        channel.writeInbound(
                first,
                new PUBLISHFactory.Mqtt5Builder()
                        .fromPublish(first)
                        .withDuplicateDelivery(true)
                        .build());
        assertThat(taken).hasSize(1);
        assertThat(channel.<Object>readInbound()).isNull();
    }

    @Test
    void passesOnWhatCannotBeBundled() {
        channel.writeInbound(
                new PUBLISHFactory.Mqtt5Builder()
                        .fromPublish(message(PLAIN, 0, QoS.AT_MOST_ONCE))
                        .withRetain(true)
                        .build(),
                message(ELSEWHERE, 0, QoS.AT_MOST_ONCE),
                message(PLAIN, 1, QoS.EXACTLY_ONCE));
        assertThat(taken).isEmpty();
        assertThat(channel.inboundMessages()).hasSize(3);
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

    private void assertAnswered(int first, int... ids) {
        assertThat(channel.<PUBACK>readOutbound().getPacketIdentifier()).isEqualTo(first);
        for (int id : ids) {
            assertThat(channel.<PUBACK>readOutbound().getPacketIdentifier()).isEqualTo(id);
        }
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
