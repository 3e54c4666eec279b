package io.millrace.broker.bundle;

import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.mqtt.message.QoS;
import com.hivemq.mqtt.message.connack.CONNACK;
import com.hivemq.mqtt.message.mqtt5.Mqtt5UserProperties;
import com.hivemq.mqtt.message.puback.PUBACK;
import com.hivemq.mqtt.message.publish.PUBLISH;
import com.hivemq.mqtt.message.pubrec.PUBREC;
import com.hivemq.mqtt.message.reason.Mqtt5PubAckReasonCode;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one connection's messages out of HiveMQ's hands where they can be bundled, and sends their PUBACK when the bundle
 * is queued; receipts for the client come in here, too. It stands in the connection's pipeline, after what counts the
 * Receive Maximum and before all that HiveMQ does with a message. Only the connection's event loop calls it.
 *
 * <p>PUBACKs go out in the order of the messages, as MQTT asks for: a message that HiveMQ has to answer waits until ours
 * before it are answered, and none is taken while HiveMQ has one to answer.
 */
final class ClientTap extends ChannelDuplexHandler {
    static final String NAME = "millrace-tap";

    private static final Logger LOG = LoggerFactory.getLogger(ClientTap.class);
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final String clientId;
    private final Taker taker;

    /** Packet ids of what was taken and not answered, … */
    private final Set<Integer> taken = HashSet.newHashSet(1);

    /** … and of what HiveMQ has to answer; together at most the Receive Maximum, or what a bundle queue takes. */
    private final Set<Integer> passedOn = HashSet.newHashSet(1);

    /** What came after a message that waits, which is one read at most: nothing is read meanwhile. */
    private Queue<Object> waiting = new ArrayDeque<>(1);

    private boolean isConnected;
    private boolean isFlushDue;

    /** Takes a message to be bundled; returns what becomes of it, null if it has to go by itself. */
    interface Taker {
        @Nullable
        CompletableFuture<Bundle.Fate> take(Route route, String topic, ByteBuffer payload);
    }

    ClientTap(String clientId, Taker taker) {
        this.clientId = clientId;
        this.taker = taker;
    }

    /** Whether the client was told that it is connected, so that it may be sent messages. */
    boolean isConnected() {
        return isConnected;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!waiting.isEmpty()) {
            waiting.add(message);
        } else if (message instanceof PUBLISH publish) {
            published(context, publish);
        } else {
            context.fireChannelRead(message);
        }
    }

    private void published(ChannelHandlerContext context, PUBLISH message) {
        if (message.isDuplicateDelivery() && taken.contains(message.getPacketIdentifier())) {
            return; // its answer is on its way
        }
        if (take(context, message)) {
            return;
        }
        if (message.getQoS() == QoS.AT_MOST_ONCE) {
            context.fireChannelRead(message);
        } else if (taken.isEmpty()) {
            passedOn.add(message.getPacketIdentifier());
            context.fireChannelRead(message);
        } else {
            waiting.add(message);
            context.channel().config().setAutoRead(false);
        }
    }

    private boolean take(ChannelHandlerContext context, PUBLISH message) {
        Route route = isConnected && passedOn.isEmpty() ? Route.of(message.getTopic()) : null;
        if (route == null || message.isRetain() || message.getQoS() == QoS.EXACTLY_ONCE) {
            return false;
        }
        byte @Nullable [] payload = message.getPayload();
        CompletableFuture<Bundle.Fate> fate =
                taker.take(route, message.getTopic(), payload == null ? EMPTY : ByteBuffer.wrap(payload));
        if (fate == null) {
            return false;
        }
        if (message.getQoS() == QoS.AT_LEAST_ONCE) {
            int id = message.getPacketIdentifier();
            taken.add(id);
            var _ = fate.thenAcceptAsync(known -> answer(context, id, known), context.executor());
        }
        return true;
    }

    private void answer(ChannelHandlerContext context, int id, Bundle.Fate fate) {
        taken.remove(id);
        switch (fate) {
            case QUEUED -> write(context, new PUBACK(id));
            case NOBODY_LISTENS ->
                write(
                        context,
                        new PUBACK(
                                id,
                                Mqtt5PubAckReasonCode.NO_MATCHING_SUBSCRIBERS,
                                null,
                                Mqtt5UserProperties.NO_USER_PROPERTIES));
            case FAILED -> {
                LOG.warn("A message was not queued for the gateway, its sender has to send again: client={}", clientId);
                var _ = Services.clientService().disconnectClient(clientId);
            }
        }
        if (taken.isEmpty() && !waiting.isEmpty()) {
            release(context);
        }
    }

    private void release(ChannelHandlerContext context) {
        Queue<Object> all = waiting;
        waiting = new ArrayDeque<>(1);
        context.channel().config().setAutoRead(true);
        all.forEach(message -> channelRead(context, message));
    }

    /** To the client, with whatever else the event loop has for it now. */
    void write(ChannelHandlerContext context, Object message) {
        var _ = context.write(message);
        if (!isFlushDue) {
            isFlushDue = true;
            context.executor().execute(() -> {
                isFlushDue = false;
                context.flush();
            });
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof PUBACK answer) {
            passedOn.remove(answer.getPacketIdentifier());
        } else if (message instanceof PUBREC answer) {
            passedOn.remove(answer.getPacketIdentifier());
        } else if (message instanceof CONNACK) {
            isConnected = true;
        }
        var _ = context.write(message, promise);
    }
}
