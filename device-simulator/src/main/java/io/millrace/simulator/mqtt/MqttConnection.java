package io.millrace.simulator.mqtt;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubAckMessage;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client, MQTT 3.1.1 or 5, clean session. Its event loop calls the listener; its methods may be
 * called by any thread, in order only from the loop. Sends next to no properties: the codec in use misreads long
 * ones.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails is the end of the connection, which is heard of
public final class MqttConnection extends ChannelInboundHandlerAdapter {
    private static final int RECEIVE_MAXIMUM_DEFAULT = 65_535; // MQTT 5.0, section 3.2.2.3.3
    private static final int SUBSCRIBE_ID = 65_535;
    private static final int FAILURE = 0x80;
    private static final int PINGS_MAX = 1;

    /** Hears of a connection's life, on its event loop; must return at once. */
    public interface Listener {
        /**
         * The broker accepted.
         *
         * @param receiveMaximum QoS 1 messages that it takes before it has acknowledged one; 65535 with MQTT 3.1.1
         */
        void connected(MqttConnection connection, int receiveMaximum);

        /** The broker answered a message. Code 0: taken; 0x10: nobody listens; 0x80 and above: refused. */
        void acknowledged(int packetId, int reasonCode);

        /** The broker granted what was asked for in {@link MqttConnection#subscribe}. */
        default void subscribed() {}

        /** A message of a subscription; the bytes are the listener's. */
        default void received(String topic, byte[] payload) {}

        /** It is over, or never came to be. Once at most, and nothing follows it. */
        void lost(String reason);
    }

    /**
     * Who connects.
     *
     * @param device whose certificate it shows, if each has one
     * @param receiveMaximum QoS 1 messages that it takes before it has acknowledged one, 1 to 65535; with MQTT 3.1.1 65535
     */
    @SuppressWarnings("ArrayRecordComponent") // made once, compared by nobody
    public record Client(
            String id,
            String device,
            Version version,
            int keepAliveSeconds,
            int receiveMaximum,
            @Nullable String willTopic,
            byte @Nullable [] will) {
        /** Without a last will. */
        public Client(String id, String device, Version version, int keepAliveSeconds) {
            this(id, device, version, keepAliveSeconds, RECEIVE_MAXIMUM_DEFAULT, null, null);
        }
    }

    /** Of the protocol. */
    public enum Version {
        V3_1_1(MqttVersion.MQTT_3_1_1),
        V5(MqttVersion.MQTT_5);

        private final MqttVersion codec;

        Version(MqttVersion codec) {
            this.codec = codec;
        }
    }

    private final Client client;
    private final Access access;
    private final Listener listener;
    private volatile @Nullable Channel channel;
    private volatile boolean over;
    private @Nullable ScheduledFuture<?> pings;
    private int unansweredPings;
    private boolean accepted;
    private boolean acknowledging;
    private volatile boolean frozen;
    private volatile @Nullable String cutReason;
    private volatile @Nullable SlowLink slowness;

    MqttConnection(Client client, Access access, Listener listener) {
        this.client = client;
        this.access = access;
        this.listener = listener;
    }

    /** Whose certificate it shows, if each has one. */
    String device() {
        return client.device;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        String cut = cutReason; // after the channel is known: either this sees a cut, or the cut sees the channel
        if (cut != null) {
            end(cut);
        }
        if (over) {
            context.close();
            return;
        }
        becomeSlow(context.channel());
        if (!frozen) {
            context.writeAndFlush(connect());
        }
    }

    private MqttConnectMessage connect() {
        var builder = MqttMessageBuilders.connect()
                .clientId(client.id)
                .protocolVersion(client.version.codec)
                .cleanSession(true)
                .keepAlive(client.keepAliveSeconds);
        if (client.receiveMaximum != RECEIVE_MAXIMUM_DEFAULT) {
            var properties = new MqttProperties();
            properties.add(new MqttProperties.IntegerProperty(
                    MqttProperties.MqttPropertyType.RECEIVE_MAXIMUM.value(), client.receiveMaximum));
            builder.properties(properties);
        }
        if (client.willTopic != null) {
            builder.willFlag(true)
                    .willTopic(client.willTopic)
                    .willMessage(client.will)
                    .willQoS(MqttQoS.AT_LEAST_ONCE)
                    .willRetain(true);
        }
        if (access.user() != null) {
            builder.username(access.user());
        }
        String password = access.password();
        if (password != null) {
            builder.password(password.getBytes(StandardCharsets.UTF_8));
        }
        return builder.build();
    }

    /** Could not connect at all. */
    void failed(String reason) {
        end(reason);
    }

    /**
     * Writes a message of QoS 1; {@link #flush} sends it.
     *
     * @param packetId 1 to 65534, not in use
     * @param payload not copied
     */
    public void publish(int packetId, String topic, byte[] payload, boolean retained) {
        Channel to = channel;
        if (to != null && !frozen) {
            to.write(message(packetId, topic, payload, retained), to.voidPromise());
        }
    }

    /** As {@link #publish}, and sends it. */
    void publishNow(int packetId, String topic, byte[] payload, boolean retained) {
        Channel to = channel;
        if (to != null && !frozen) {
            to.writeAndFlush(message(packetId, topic, payload, retained), to.voidPromise());
        }
    }

    private static MqttPublishMessage message(int packetId, String topic, byte[] payload, boolean retained) {
        var header = new MqttFixedHeader(MqttMessageType.PUBLISH, false, MqttQoS.AT_LEAST_ONCE, retained, 0);
        var variable = new MqttPublishVariableHeader(topic, packetId);
        return new MqttPublishMessage(header, variable, Unpooled.wrappedBuffer(payload));
    }

    /** Subscribes; a refusal is the end of the connection. Messages of QoS 1 are acknowledged as they are received. */
    public void subscribe(Collection<String> filters, boolean atLeastOnce) {
        Channel to = channel;
        if (to != null) {
            var subscribe = MqttMessageBuilders.subscribe().messageId(SUBSCRIBE_ID);
            filters.forEach(filter ->
                    subscribe.addSubscription(atLeastOnce ? MqttQoS.AT_LEAST_ONCE : MqttQoS.AT_MOST_ONCE, filter));
            to.writeAndFlush(subscribe.build(), to.voidPromise());
        }
    }

    /** Asks for a sign of life; without one to the last question the broker is gone, whatever the socket looks like. */
    private void ping(Channel to) {
        if (unansweredPings >= PINGS_MAX) {
            end("the broker does not answer");
            to.close();
            return;
        }
        unansweredPings++;
        if (!frozen) {
            to.writeAndFlush(MqttMessage.PINGREQ, to.voidPromise());
        }
    }

    public void flush() {
        Channel to = channel;
        if (to != null) {
            to.flush();
        }
    }

    /** Whether the socket takes more at present. */
    public boolean isWritable() {
        Channel to = channel;
        return to != null && to.isWritable();
    }

    /** Says good-bye and closes; the listener hears nothing more. Of a half-open line the broker hears nothing either. */
    public void disconnect() {
        over = true;
        Channel to = channel;
        if (to != null && !frozen) {
            to.writeAndFlush(MqttMessage.DISCONNECT).addListener(_ -> to.close());
        }
    }

    /** Closes without a word, as a power cut does; the listener hears of it, at the latest once it would be connected. */
    public void cut(String reason) {
        cutReason = reason;
        Channel to = channel;
        if (to != null) {
            EventExecutor loop = to.eventLoop();
            loop.execute(() -> {
                end(reason);
                to.close();
            });
        }
    }

    /** Lets nothing pass any more, without telling anybody. */
    void freeze() {
        frozen = true;
        Channel to = channel;
        if (to != null) {
            to.config().setAutoRead(false);
        }
    }

    /** Makes it slow for that time, also if it is only about to connect. Not by two threads at once. */
    void slowDown(long bytesPerSecond, long latencyMillis, long nanos) {
        SlowLink slow = slowness == null ? new SlowLink() : slowness;
        slow.begin(bytesPerSecond, latencyMillis, nanos);
        slowness = slow;
        Channel to = channel;
        if (to != null) {
            to.eventLoop().execute(() -> becomeSlow(to));
        }
    }

    private void becomeSlow(Channel to) {
        SlowLink slow = slowness;
        if (slow != null && to.isActive() && to.pipeline().get(SlowLink.class) == null) {
            to.pipeline().addFirst(slow);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        try {
            if (!(read instanceof MqttMessage message)
                    || message.decoderResult().isFailure()) {
                end("the broker sent what is no MQTT: "
                        + (read instanceof MqttMessage broken
                                ? broken.decoderResult().cause()
                                : read.getClass()));
                context.close();
                return;
            }
            unansweredPings = 0;
            if (!over && !frozen) {
                received(context, message);
            }
        } finally {
            ReferenceCountUtil.release(read);
        }
    }

    private void received(ChannelHandlerContext context, MqttMessage message) {
        switch (message.fixedHeader().messageType()) {
            case CONNACK -> connected(context, (MqttConnAckMessage) message);
            case PUBACK -> {
                int code = message.variableHeader() instanceof MqttPubReplyMessageVariableHeader header
                        ? header.reasonCode() & 0xFF
                        : 0;
                listener.acknowledged(
                        ((MqttPubAckMessage) message).variableHeader().messageId(), code);
            }
            case PUBLISH -> {
                var publish = (MqttPublishMessage) message;
                listener.received(publish.variableHeader().topicName(), ByteBufUtil.getBytes(publish.payload()));
                if (publish.fixedHeader().qosLevel() == MqttQoS.AT_LEAST_ONCE) {
                    int packetId = publish.variableHeader().packetId();
                    context.write(
                            MqttMessageBuilders.pubAck().packetId(packetId).build(), context.voidPromise());
                    acknowledging = true;
                }
            }
            case SUBACK -> {
                int code =
                        Collections.max(((MqttSubAckMessage) message).payload().reasonCodes());
                if (code >= FAILURE) {
                    end("subscription refused: reasonCode=0x%02x".formatted(code));
                    context.close();
                } else {
                    listener.subscribed();
                }
            }
            case DISCONNECT -> {
                int code = message.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
                        ? header.reasonCode() & 0xFF
                        : 0;
                end("the broker disconnects: reasonCode=0x%02x".formatted(code));
                context.close();
            }
            default -> {}
        }
    }

    private void connected(ChannelHandlerContext context, MqttConnAckMessage message) {
        MqttConnectReturnCode code = message.variableHeader().connectReturnCode();
        if (code != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
            end("the broker refuses the connection: 0x%02x %s".formatted(code.byteValue() & 0xFF, code));
            context.close();
            return;
        }
        MqttProperties.MqttProperty<?> property = message.variableHeader()
                .properties()
                .getProperty(MqttProperties.MqttPropertyType.RECEIVE_MAXIMUM.value());
        accepted = true;
        long everyMillis = client.keepAliveSeconds * 500L;
        Channel of = context.channel();
        pings = context.executor()
                .scheduleWithFixedDelay(() -> ping(of), everyMillis, everyMillis, TimeUnit.MILLISECONDS);
        listener.connected(
                this, property != null && property.value() instanceof Integer most ? most : RECEIVE_MAXIMUM_DEFAULT);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (acknowledging) {
            acknowledging = false;
            context.flush();
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ScheduledFuture<?> pinging = pings;
        if (pinging != null) {
            pinging.cancel(false);
        }
        end(accepted ? "the broker closed the connection" : "the broker closed the connection before it accepted it");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        end(Tls.isOf(cause) ? "TLS: " + Tls.innermost(cause) : "connection lost: " + cause.getMessage());
        context.close();
    }

    private void end(String reason) {
        if (!over) {
            over = true;
            listener.lost(reason);
        }
    }
}
