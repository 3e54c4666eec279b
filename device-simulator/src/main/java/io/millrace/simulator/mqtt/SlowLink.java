package io.millrace.simulator.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Lets all pass late and little at a time, each way by itself. What waits is bounded by what a client has under way.
 * First in its pipeline, so that it sees bytes.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails is the end of the connection, which is heard of
final class SlowLink extends ChannelDuplexHandler {
    private static final double NANOS = 1e9;

    private final Way out = new Way();
    private final Way in = new Way();
    private volatile Speed speed = new Speed(1, 0, System.nanoTime());

    private record Speed(long bytesPerSecond, long latencyNanos, long untilNanos) {}

    /** One direction; the loop's. */
    private final class Way {
        private long busyUntilNanos = System.nanoTime();
        private long dueNanos = busyUntilNanos;

        /** What is still on its way, in order: timers alone would let what is due at nearly one time overtake. */
        private final Queue<Runnable> waiting = new ArrayDeque<>();

        void pass(ChannelHandlerContext context, Object message, Runnable passing) {
            long nanos = nanosUntil(message);
            if (nanos <= 0 && waiting.isEmpty()) {
                passing.run();
                return;
            }
            waiting.add(passing);
            context.executor().schedule(() -> waiting.remove().run(), nanos, TimeUnit.NANOSECONDS);
        }

        /** When something may pass: never before what came before it. */
        private long nanosUntil(Object message) {
            long now = System.nanoTime();
            Speed at = speed;
            boolean slow = now - at.untilNanos < 0;
            busyUntilNanos = later(now, busyUntilNanos) + (slow ? nanosFor(message, at) : 0);
            dueNanos = later(dueNanos, slow ? busyUntilNanos + at.latencyNanos : busyUntilNanos);
            return dueNanos - now;
        }

        private static long later(long nanos, long otherNanos) {
            return nanos - otherNanos > 0 ? nanos : otherNanos;
        }
    }

    /** Is slow for that time from now; then only what waits already is late. */
    void begin(long bytesPerSecond, long latencyMillis, long nanos) {
        speed = new Speed(bytesPerSecond, TimeUnit.MILLISECONDS.toNanos(latencyMillis), System.nanoTime() + nanos);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        out.pass(context, message, () -> context.writeAndFlush(message, promise));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        in.pass(context, message, () -> {
            context.fireChannelRead(message);
            context.fireChannelReadComplete();
        });
    }

    private static long nanosFor(Object message, Speed at) {
        return message instanceof ByteBuf bytes ? (long) (bytes.readableBytes() * NANOS / at.bytesPerSecond) : 0;
    }
}
