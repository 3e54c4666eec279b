package io.millrace.simulator.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;

/**
 * Lets all pass late and little at a time, each way by itself. What waits is bounded by what a client has under way.
 * First in its pipeline, so that it sees bytes.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails is the end of the connection, which is heard of
final class SlowLink extends ChannelDuplexHandler {
    private static final double NANOS = 1e9;

    private final long bytesPerSecond;
    private final long latencyNanos;
    private final Way out = new Way();
    private final Way in = new Way();
    private volatile boolean ended;

    /** One direction; the loop's. */
    private final class Way {
        private long busyUntilNanos = System.nanoTime();
        private long dueNanos = busyUntilNanos;

        /** When something may pass: never before what came before it. */
        long nanosUntil(Object message) {
            long now = System.nanoTime();
            busyUntilNanos = Math.max(now, busyUntilNanos) + nanosFor(message);
            dueNanos = Math.max(dueNanos, ended ? busyUntilNanos : busyUntilNanos + latencyNanos);
            return dueNanos - now;
        }
    }

    SlowLink(long bytesPerSecond, long latencyMillis) {
        this.bytesPerSecond = bytesPerSecond;
        this.latencyNanos = TimeUnit.MILLISECONDS.toNanos(latencyMillis);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        context.executor()
                .schedule(() -> context.writeAndFlush(message, promise), out.nanosUntil(message), TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        context.executor()
                .schedule(
                        () -> {
                            context.fireChannelRead(message);
                            context.fireChannelReadComplete();
                        },
                        in.nanosUntil(message),
                        TimeUnit.NANOSECONDS);
    }

    /** From now on nothing more waits than what did already. */
    void end() {
        ended = true;
    }

    private long nanosFor(Object message) {
        return !ended && message instanceof ByteBuf bytes ? (long) (bytes.readableBytes() * NANOS / bytesPerSecond) : 0;
    }
}
