package io.millrace.simulator.mqtt;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to one broker on a few event loops. To a broker on loopback, source addresses are spread over
 * 127.0.0.0/8 from the {@value #PER_SOURCE}th connection on: one address has some 28 000 ports.
 */
@SuppressWarnings("FutureReturnValueIgnored") // whoever waits for something hears of it through a listener
public final class Connections implements Opener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    private static final int PER_SOURCE = 20_000;
    private static final int CONNECT_MILLIS_MAX = 10_000;
    private static final int PACKET_BYTES_MAX = 1024 * 1024;
    private static final int LOOPS_MAX = 4;

    private final Broker broker;
    private final Access access;
    private final NioEventLoopGroup group;
    private final Bootstrap bootstrap;
    private final AtomicLong opened = new AtomicLong();

    public Connections(Broker broker, Access access) {
        this.broker = broker;
        this.access = access;
        int loops = Math.min(LOOPS_MAX, Runtime.getRuntime().availableProcessors());
        this.group = new NioEventLoopGroup(loops, new DefaultThreadFactory("mqtt", true));
        this.bootstrap = new Bootstrap()
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RCVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(64, 512, 65_536));
    }

    public Broker broker() {
        return broker;
    }

    /** The threads on which connections live. */
    public List<Loop> loops() {
        var loops = new ArrayList<Loop>();
        for (EventExecutor each : group) {
            loops.add(new Loop((EventLoop) each));
        }
        return loops;
    }

    /** Begins to connect, on any loop. */
    @Override
    public MqttConnection open(MqttConnection.Client client, MqttConnection.Listener listener) {
        return open(group.next(), client, listener);
    }

    /** Runs it once, later, on any loop. */
    public void after(long millis, Runnable task) {
        group.next().schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    private MqttConnection open(EventLoop loop, MqttConnection.Client client, MqttConnection.Listener listener) {
        MqttConnection connection = make(client, listener);
        dial(loop, connection);
        return connection;
    }

    /** One that is to be dialled later. */
    MqttConnection make(MqttConnection.Client client, MqttConnection.Listener listener) {
        return new MqttConnection(client, access, listener);
    }

    private void dial(EventLoop loop, MqttConnection connection) {
        SslHandler tls;
        try {
            tls = access.tls() == null ? null : access.tls().handler(ByteBufAllocator.DEFAULT, connection.device());
        } catch (IllegalArgumentException e) {
            loop.execute(() -> connection.failed(String.valueOf(e.getMessage())));
            return;
        }
        Bootstrap connect = bootstrap.clone(loop).handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                if (tls != null) {
                    channel.pipeline().addLast(tls);
                }
                channel.pipeline().addLast(MqttEncoder.INSTANCE, new MqttDecoder(PACKET_BYTES_MAX), connection);
            }
        });
        var address = new InetSocketAddress(broker.host(), broker.port());
        long source = opened.getAndIncrement() / PER_SOURCE;
        boolean spread = source > 0
                && address.getAddress() != null
                && address.getAddress().isLoopbackAddress()
                && address.getAddress().getAddress().length == 4;
        ChannelFuture connecting = spread
                ? connect.connect(address, new InetSocketAddress("127.0.0." + (1 + source % 250), 0))
                : connect.connect(address);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                connection.failed("cannot connect to %s: %s"
                        .formatted(broker, done.cause().getMessage()));
            }
        });
    }

    /** One of the threads. What is given to it runs there, one after the other. */
    public final class Loop implements Opener {
        private final EventLoop loop;

        private Loop(EventLoop loop) {
            this.loop = loop;
        }

        public void execute(Runnable task) {
            loop.execute(task);
        }

        /** The thread itself, for what takes its turns on it; not to be shut down. */
        public ScheduledExecutorService executor() {
            return loop;
        }

        /** A line of its own for one client, on this loop. */
        public Line line(LongSupplier nanoTime) {
            return new Line(Connections.this, connection -> dial(loop, connection), this::execute, nanoTime);
        }

        /**
         * Runs it again and again until the connections are closed; a delay is not made up for, and what it throws is
         * logged.
         */
        public void every(long millis, Runnable task) {
            loop.scheduleWithFixedDelay(() -> tell(task), millis, millis, TimeUnit.MILLISECONDS);
        }

        /** Runs it once, later; what it throws is logged. */
        public void after(long millis, Runnable task) {
            loop.schedule(() -> tell(task), millis, TimeUnit.MILLISECONDS);
        }

        /** Netty keeps to itself what a task throws that had to wait, and takes it as the end of one that comes again. */
        private static void tell(Runnable task) {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.error(
                        "The simulator met a defect; what it did not send, the proof calls missing. Please report it",
                        e);
            }
        }

        /** Begins to connect on this loop. */
        @Override
        public MqttConnection open(MqttConnection.Client client, MqttConnection.Listener listener) {
            return Connections.this.open(loop, client, listener);
        }
    }

    /** Closes all connections without a word; returns at once. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
