package io.millrace.simulator.run;

import io.millrace.simulator.mqtt.Connections;
import io.millrace.simulator.mqtt.MqttConnection;
import io.millrace.simulator.verify.Deliveries;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes to what plain devices publish, with QoS 1, for the proof where no store of ours is. If its connection ends,
 * nothing is proved: no fault befalls it.
 */
final class Subscriber implements MqttConnection.Listener, AutoCloseable {
    private static final int KEEP_ALIVE_SECONDS = 60;
    private static final int SUBSCRIBE_SECONDS_MAX = 10;

    private final Set<String> filters;
    private final Consumer<String> ended;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final MqttConnection connection;
    private volatile @Nullable Deliveries deliveries;
    private volatile @Nullable RunClock clock;

    /**
     * @param device whose certificate it shows
     * @param ended hears why its connection ended, if that was after {@link #await} said that nothing is in the way
     */
    Subscriber(Connections connections, String id, String device, Set<String> filters, Consumer<String> ended) {
        this.filters = filters;
        this.ended = ended;
        this.connection = connections.open(
                new MqttConnection.Client(id, device, MqttConnection.Version.V5, KEEP_ALIVE_SECONDS), this);
    }

    /** Blocks until it gets what is published; returns what is in the way, empty if nothing is. */
    String await() {
        return ready.completeOnTimeout(
                        "no subscription within %d s".formatted(SUBSCRIBE_SECONDS_MAX),
                        SUBSCRIBE_SECONDS_MAX,
                        TimeUnit.SECONDS)
                .join();
    }

    /** The schedule begins: from now on messages count. */
    void begin(Deliveries to, RunClock started) {
        clock = started;
        deliveries = to;
    }

    @Override
    public void connected(MqttConnection to, int receiveMaximum) {
        to.subscribe(filters, true);
    }

    @Override
    public void subscribed() {
        ready.complete("");
    }

    @Override
    public void acknowledged(int packetId, int reasonCode) {}

    @Override
    public void received(String topic, byte[] payload) {
        Deliveries to = deliveries;
        RunClock now = clock;
        if (to != null && now != null) {
            to.add(topic, payload, now.offsetMicros());
        }
    }

    @Override
    public void lost(String reason) {
        if (!ready.complete(reason)) {
            ended.accept(reason);
        }
    }

    @Override
    public void close() {
        connection.disconnect();
    }
}
