package io.millrace.simulator.mqtt;

import io.millrace.model.Interval;
import io.millrace.model.Topics;
import io.millrace.model.Topics.Topic;
import io.millrace.model.wire.Decoded;
import io.millrace.model.wire.Durability;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.Receipt;
import io.millrace.model.wire.ReceiptCodec;
import io.millrace.model.wire.WireDecoder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Accepts and acknowledges everything and keeps nothing: what the simulator itself can do is measured against it. An
 * agent's batch is decoded in full and gets its receipt at once, as if a gateway had it on the disk already.
 */
@SuppressWarnings("FutureReturnValueIgnored") // who does not get an answer has gone
public final class NullBroker implements AutoCloseable {
    private static final int PACKET_BYTES_MAX = 1024 * 1024;
    private static final int BACKLOG = 1024;

    private final NioEventLoopGroup group = new NioEventLoopGroup(0, new DefaultThreadFactory("null-broker", true));
    private final LongAdder published = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final int port;

    /**
     * Listens on loopback.
     *
     * @param port 0 for any free one
     * @throws IOException if the port is in use
     */
    public NullBroker(int port) throws IOException {
        this(port, null);
    }

    /**
     * Behind TLS, if there is a context for it.
     *
     * @throws IOException if the port is in use
     */
    public NullBroker(int port, @Nullable SslContext tls) throws IOException {
        var listening = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline()
                                .addLast(MqttEncoder.INSTANCE, new MqttDecoder(PACKET_BYTES_MAX), new Answers());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .awaitUninterruptibly();
        if (!listening.isSuccess()) {
            group.shutdownGracefully();
            throw new IOException(
                    "port %d: %s".formatted(port, listening.cause().getMessage()), listening.cause());
        }
        this.port = ((InetSocketAddress) listening.channel().localAddress()).getPort();
    }

    public int port() {
        return port;
    }

    /** Messages so far. */
    public long published() {
        return published.sum();
    }

    /** Events in agents' batches so far. */
    public long events() {
        return events.sum();
    }

    @Override
    public void close() {
        group.shutdownGracefully();
    }

    private final class Answers extends ChannelInboundHandlerAdapter {
        private final WireDecoder decoder = new WireDecoder();

        @Override
        public void channelRead(ChannelHandlerContext context, Object read) {
            try {
                if (!(read instanceof MqttMessage message)
                        || message.decoderResult().isFailure()) {
                    context.close();
                    return;
                }
                answer(context, message);
            } finally {
                ReferenceCountUtil.release(read);
            }
        }

        private void answer(ChannelHandlerContext context, MqttMessage message) {
            switch (message.fixedHeader().messageType()) {
                case CONNECT ->
                    write(
                            context,
                            MqttMessageBuilders.connAck()
                                    .returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED)
                                    .build());
                case PUBLISH -> {
                    published.increment();
                    int packetId =
                            ((MqttPublishMessage) message).variableHeader().packetId();
                    write(
                            context,
                            MqttMessageBuilders.pubAck().packetId(packetId).build());
                    receipt(context, (MqttPublishMessage) message);
                }
                case SUBSCRIBE -> {
                    int packetId =
                            ((MqttSubscribeMessage) message).variableHeader().messageId();
                    write(
                            context,
                            MqttMessageBuilders.subAck()
                                    .packetId(packetId)
                                    .addGrantedQos(MqttQoS.AT_MOST_ONCE)
                                    .build());
                }
                case PINGREQ -> write(context, MqttMessage.PINGRESP);
                case DISCONNECT -> context.close();
                default -> {}
            }
        }

        private void receipt(ChannelHandlerContext context, MqttPublishMessage message) {
            if (!(Topics.parse(message.variableHeader().topicName()) instanceof Topic.Batch batch)
                    || !(decoder.decode(ByteBufUtil.getBytes(message.payload())) instanceof Decoded.Events taken)) {
                return;
            }
            Envelope envelope = taken.envelope();
            events.add(envelope.count());
            var settled = List.of(new Interval(envelope.firstSequence(), envelope.lastSequence()));
            byte[] receipt =
                    ReceiptCodec.encode(new Receipt.Settled(envelope.stream().epoch(), Durability.OS, settled));
            write(
                    context,
                    MqttMessageBuilders.publish()
                            .topicName(Topics.receipt(batch.site(), batch.agent(), batch.lane()))
                            .qos(MqttQoS.AT_MOST_ONCE)
                            .payload(Unpooled.wrappedBuffer(receipt))
                            .build());
        }

        private static void write(ChannelHandlerContext context, MqttMessage answer) {
            context.write(answer, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
