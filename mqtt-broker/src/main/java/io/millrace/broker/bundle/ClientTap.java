package io.millrace.broker.bundle;

import com.hivemq.mqtt.message.QoS;
import com.hivemq.mqtt.message.mqtt5.Mqtt5UserProperties;
import com.hivemq.mqtt.message.puback.PUBACK;
import com.hivemq.mqtt.message.publish.PUBLISH;
import com.hivemq.mqtt.message.pubrec.PUBREC;
import com.hivemq.mqtt.message.reason.Mqtt5PubAckReasonCode;
import com.hivemq.mqtt.message.suback.SUBACK;
import com.hivemq.mqtt.message.subscribe.SUBSCRIBE;
import com.hivemq.mqtt.message.unsuback.UNSUBACK;
import com.hivemq.mqtt.message.unsubscribe.UNSUBSCRIBE;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Takes one connection's messages out of HiveMQ's hands where they can be bundled, and sends their PUBACK when the bundle
 * is queued; receipts for the client come in here, too. It stands in the connection's pipeline, behind what counts the
 * Receive Maximum and what keeps messages back until the client is connected, and before all that HiveMQ does with a
 * message. Only the connection's event loop calls it.
 *
 * <p>PUBACKs go out in the order of the messages, as MQTT asks for. So a message that HiveMQ has to answer waits until
 * ours before it are answered, and ours wait for HiveMQ's; nothing is read from the client meanwhile.
 */
final class ClientTap extends ChannelDuplexHandler {
    static final String NAME = "millrace-tap";

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final Taker taker;

    /** What was taken and not answered, by packet id, in the order in which it came, … */
    private final Map<Integer, CompletableFuture<Bundle.Fate>> taken = LinkedHashMap.newLinkedHashMap(1);

    /** … and what HiveMQ has to answer; at most the Receive Maximum, or of MQTT 3 what the bundles' queue takes. */
    private final Set<Integer> passedOn = HashSet.newHashSet(1);

    /** What waits and all that came behind it, which is one read, mostly. */
    private Queue<Object> waiting = new ArrayDeque<>(1);

    /** The bundle of the last message, which is waited for. */
    private @Nullable CompletableFuture<Bundle.Fate> awaited;

    private boolean isReleaseDue;
    private boolean isFlushDue;
    private boolean isRefused;

    /** Where messages go. */
    interface Taker {
        /** Whether messages of this route are bundled at present. */
        boolean takes(Route route);

        /** Takes a message to be bundled; returns what becomes of it, null if it has to go by itself. */
        @Nullable
        CompletableFuture<Bundle.Fate> take(Route route, String topic, ByteBuffer payload);

        /** What became of a message is not known: closes the connection, so that its sender sends again. */
        void refuse(Channel client);
    }

    ClientTap(Taker taker) {
        this.taker = taker;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!waiting.isEmpty()) {
            hold(context, message);
        } else if (message instanceof PUBLISH publish) {
            published(context, publish);
        } else {
            context.fireChannelRead(message);
        }
    }

    private void hold(ChannelHandlerContext context, Object message) {
        waiting.add(message);
        context.channel().config().setAutoRead(false); // each time: HiveMQ lets reading begin, too
    }

    private void published(ChannelHandlerContext context, PUBLISH message) {
        boolean isAnswered = message.getQoS() != QoS.AT_MOST_ONCE;
        if (isRefused
                || (isAnswered && message.isDuplicateDelivery() && taken.containsKey(message.getPacketIdentifier()))) {
            return; // to be sent again, or its answer is on its way
        }
        Route route = route(message);
        if (route != null && taker.takes(route)) {
            if (isAnswered && !passedOn.isEmpty()) {
                hold(context, message);
                return;
            }
            if (take(context, route, message)) {
                return;
            }
        }
        if (isAnswered && !taken.isEmpty()) {
            hold(context, message);
            return;
        }
        if (isAnswered) {
            passedOn.add(message.getPacketIdentifier());
        }
        context.fireChannelRead(message);
    }

    private static @Nullable Route route(PUBLISH message) {
        return message.isRetain() || message.getQoS() == QoS.EXACTLY_ONCE ? null : Route.of(message.getTopic());
    }

    @SuppressWarnings("ReferenceEquality") // one bundle has one future
    private boolean take(ChannelHandlerContext context, Route route, PUBLISH message) {
        byte @Nullable [] payload = message.getPayload();
        CompletableFuture<Bundle.Fate> fate =
                taker.take(route, message.getTopic(), payload == null ? EMPTY : ByteBuffer.wrap(payload));
        if (fate == null) {
            return false;
        }
        if (message.getQoS() == QoS.AT_LEAST_ONCE) {
            taken.put(message.getPacketIdentifier(), fate);
            if (fate != awaited) {
                awaited = fate;
                var _ = fate.thenRunAsync(() -> answer(context), context.executor());
            }
        }
        return true;
    }

    /** Answers the first ones, as far as it is known what became of them. */
    private void answer(ChannelHandlerContext context) {
        var first = taken.entrySet().iterator();
        while (first.hasNext() && !isRefused) {
            Map.Entry<Integer, CompletableFuture<Bundle.Fate>> next = first.next();
            if (!next.getValue().isDone()) {
                return;
            }
            first.remove();
            switch (next.getValue().join()) {
                case QUEUED -> write(context, new PUBACK(next.getKey()));
                case NOBODY_LISTENS ->
                    write(
                            context,
                            new PUBACK(
                                    next.getKey(),
                                    Mqtt5PubAckReasonCode.NO_MATCHING_SUBSCRIBERS,
                                    null,
                                    Mqtt5UserProperties.NO_USER_PROPERTIES));
                case FAILED -> {
                    isRefused = true;
                    if (context.channel().isActive()) {
                        taker.refuse(context.channel());
                    }
                }
            }
        }
        release(context);
    }

    /** Soon, for it may be called in the middle of what HiveMQ does. */
    private void release(ChannelHandlerContext context) {
        if (!waiting.isEmpty() && !isReleaseDue) {
            isReleaseDue = true;
            context.executor().execute(() -> {
                isReleaseDue = false;
                releaseNow(context);
            });
        }
    }

    private void releaseNow(ChannelHandlerContext context) {
        Queue<Object> all = waiting;
        waiting = new ArrayDeque<>(1);
        while (!all.isEmpty()) {
            Object message = all.remove();
            channelRead(context, message);
            if ((message instanceof SUBSCRIBE || message instanceof UNSUBSCRIBE) && waiting.isEmpty()) {
                break; // what is behind it waits for its answer; HiveMQ sees to that only for what was not here yet
            }
        }
        waiting.addAll(all);
        if (waiting.isEmpty()) {
            context.channel().config().setAutoRead(true);
        }
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
        boolean mayRelease = switch (message) {
            case PUBACK answer -> passedOn.remove(answer.getPacketIdentifier()) && passedOn.isEmpty();
            case PUBREC answer -> passedOn.remove(answer.getPacketIdentifier()) && passedOn.isEmpty();
            default -> message instanceof SUBACK || message instanceof UNSUBACK;
        };
        var _ = context.write(message, promise);
        if (mayRelease) {
            release(context);
        }
    }

    /** A DISCONNECT that waits counts, or HiveMQ would publish a last will; what is not answered is sent again. */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Queue<Object> all = waiting;
        waiting = new ArrayDeque<>(1);
        all.stream()
                .filter(message -> !(message instanceof PUBLISH publish && publish.getQoS() != QoS.AT_MOST_ONCE))
                .forEach(context::fireChannelRead);
        context.fireChannelInactive();
    }
}
