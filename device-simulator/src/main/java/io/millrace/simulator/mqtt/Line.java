package io.millrace.simulator.mqtt;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way from one client to the broker, connection after connection, on which things can go wrong. Thread-safe: faults
 * come from one thread, connections are opened by others.
 */
public final class Line implements Opener {
    private final Connections connections;
    private final Opener opener;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private @Nullable MqttConnection current;
    private long outageUntilNanos;
    private long slowUntilNanos;
    private long bytesPerSecond;
    private long latencyMillis;

    /** For a client whose connections may be on any loop. */
    public Line(Connections connections, LongSupplier nanoTime) {
        this(connections, connections, connections::execute, nanoTime);
    }

    /**
     * @param opener opens its connections
     * @param executor on which a client hears that it cannot connect: its own loop if it has one, never within open
     */
    Line(Connections connections, Opener opener, Executor executor, LongSupplier nanoTime) {
        this.executor = executor;
        this.connections = connections;
        this.opener = opener;
        this.nanoTime = nanoTime;
        this.outageUntilNanos = nanoTime.getAsLong();
        this.slowUntilNanos = outageUntilNanos;
    }

    @Override
    public synchronized MqttConnection open(MqttConnection.Client client, MqttConnection.Listener listener) {
        if (nanoTime.getAsLong() - outageUntilNanos < 0) {
            var none = new MqttConnection(client, listener);
            executor.execute(() -> none.failed("the line is cut"));
            return none;
        }
        MqttConnection opened = opener.open(client, listener);
        if (nanoTime.getAsLong() - slowUntilNanos < 0) {
            opened.slowDown(bytesPerSecond, latencyMillis);
        }
        current = opened;
        return opened;
    }

    /** Cuts what is connected, without a word. */
    public synchronized void cut() {
        MqttConnection connection = current;
        if (connection != null) {
            connection.cut("the line was cut");
        }
    }

    /** Cuts it, and lets nothing connect for that time. */
    public synchronized void outage(long nanos) {
        outageUntilNanos = nanoTime.getAsLong() + nanos;
        cut();
    }

    /** Lets nothing pass any more, and tells nobody; that connection is cut after that time. */
    public synchronized void halfOpen(long millis) {
        MqttConnection connection = current;
        if (connection != null) {
            connection.freeze();
            connections.after(millis, () -> connection.cut("the line was half open"));
        }
    }

    /** Makes it slow for that time, each connection once it is opened; the one that is there is slow until its end. */
    public synchronized void slow(long nanos, long newBytesPerSecond, long newLatencyMillis) {
        slowUntilNanos = nanoTime.getAsLong() + nanos;
        bytesPerSecond = newBytesPerSecond;
        latencyMillis = newLatencyMillis;
        MqttConnection connection = current;
        if (connection != null) {
            connection.slowDown(newBytesPerSecond, newLatencyMillis);
            connections.after(nanos / 1_000_000, connection::speedUp);
        }
    }
}
