package io.millrace.simulator.mqtt;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way from one client to the broker, connection after connection, on which things can go wrong. Thread-safe: faults
 * come from one thread, connections are opened by others.
 */
public final class Line implements Opener {
    private final Connections connections;
    private final Consumer<MqttConnection> dialer;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private @Nullable MqttConnection current;
    private long outageUntilNanos;
    private long herdUntilNanos;
    private long slowUntilNanos;
    private long bytesPerSecond;
    private long latencyMillis;

    /**
     * @param dialer begins to connect
     * @param executor on which a client hears that it cannot connect: its own loop, never within open
     */
    Line(Connections connections, Consumer<MqttConnection> dialer, Executor executor, LongSupplier nanoTime) {
        this.executor = executor;
        this.connections = connections;
        this.dialer = dialer;
        this.nanoTime = nanoTime;
        this.outageUntilNanos = nanoTime.getAsLong();
        this.herdUntilNanos = outageUntilNanos;
        this.slowUntilNanos = outageUntilNanos;
    }

    @Override
    public synchronized MqttConnection open(MqttConnection.Client client, MqttConnection.Listener listener) {
        long now = nanoTime.getAsLong();
        MqttConnection opened = connections.make(client, listener);
        if (now - outageUntilNanos < 0) {
            executor.execute(() -> opened.failed("the line is cut"));
            return opened;
        }
        if (now - slowUntilNanos < 0) {
            opened.slowDown(bytesPerSecond, latencyMillis, slowUntilNanos - now);
        }
        if (now - herdUntilNanos < 0) {
            connections.after(millis(herdUntilNanos - now), () -> dialer.accept(opened));
        } else {
            dialer.accept(opened);
        }
        current = opened;
        return opened;
    }

    /** Cuts what is connected or about to be, without a word. */
    public synchronized void cut() {
        MqttConnection connection = current;
        if (connection != null) {
            connection.cut("the line was cut");
        }
    }

    /** Cuts it, and lets nothing connect for that time. */
    public synchronized void outage(long nanos) {
        outageUntilNanos = later(outageUntilNanos, nanos);
        cut();
    }

    /** Cuts it; who connects within that time waits, and is let in at its end. */
    public synchronized void herd(long nanos) {
        herdUntilNanos = later(herdUntilNanos, nanos);
        cut();
    }

    /** Lets nothing pass any more, and tells nobody; that connection is cut after that time. */
    public synchronized void halfOpen(long nanos) {
        MqttConnection connection = current;
        if (connection != null) {
            connection.freeze();
            connections.after(millis(nanos), () -> connection.cut("the line was half open"));
        }
    }

    /** Makes it slow for that time: the connection that is there, and those that are opened meanwhile. */
    public synchronized void slow(long nanos, long newBytesPerSecond, long newLatencyMillis) {
        slowUntilNanos = later(slowUntilNanos, nanos);
        bytesPerSecond = newBytesPerSecond;
        latencyMillis = newLatencyMillis;
        MqttConnection connection = current;
        if (connection != null) {
            connection.slowDown(bytesPerSecond, latencyMillis, slowUntilNanos - nanoTime.getAsLong());
        }
    }

    /** The end of two faults of a kind at once is that of the one that ends last. */
    private long later(long untilNanos, long nanos) {
        long until = nanoTime.getAsLong() + nanos;
        return until - untilNanos > 0 ? until : untilNanos;
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
