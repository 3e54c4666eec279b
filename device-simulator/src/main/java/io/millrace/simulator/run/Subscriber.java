package io.millrace.simulator.run;

import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.mqtt.Connections;
import io.millrace.simulator.mqtt.MqttConnection;
import io.millrace.simulator.verify.Deliveries;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes to what plain devices publish, with QoS 1, for the proof where no store of ours is. If its connection ends,
 * nothing is proved: no fault befalls it.
 */
final class Subscriber implements MqttConnection.Listener, AutoCloseable {
    private static final int KEEP_ALIVE_SECONDS = 60;
    private static final int SUBSCRIBE_SECONDS_MAX = 10;

    private final Set<String> filters;
    private final Consumer<String> whenEnded;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final MqttConnection connection;
    private volatile @Nullable Deliveries deliveries;
    private volatile @Nullable RunClock clock;
    private volatile @Nullable String ended;

    private Subscriber(
            Connections connections, String id, String device, Set<String> filters, Consumer<String> whenEnded) {
        this.filters = filters;
        this.whenEnded = whenEnded;
        this.connection = connections.open(
                new MqttConnection.Client(id, device, MqttConnection.Version.V5, KEEP_ALIVE_SECONDS), this);
    }

    /**
     * Blocks until it gets what is published. It shows the certificate of the first device.
     *
     * @param whenEnded hears why its connection ended, once it had been open
     * @throws UnreachableException if the broker lets it not subscribe
     */
    static Subscriber open(Plan plan, Connections connections, LongSupplier nanoTime, Consumer<String> whenEnded)
            throws UnreachableException {
        Population population = plan.population();
        Set<String> filters = Deliveries.filters(population);
        var subscriber = new Subscriber(
                connections,
                population.site() + "/subscriber-" + Long.toHexString(nanoTime.getAsLong()),
                population.unitNames().findFirst().orElse(""),
                filters,
                whenEnded);
        String trouble = subscriber.await();
        if (!trouble.isEmpty()) {
            subscriber.close();
            throw new UnreachableException(
                    "broker %s lets nobody subscribe to %s: %s. Allow that, or leave out --verify"
                            .formatted(plan.broker(), String.join(", ", filters), trouble));
        }
        return subscriber;
    }

    /** Returns what is in the way, empty if nothing is. */
    private String await() {
        return ready.completeOnTimeout(
                        "no subscription within %d s".formatted(SUBSCRIBE_SECONDS_MAX),
                        SUBSCRIBE_SECONDS_MAX,
                        TimeUnit.SECONDS)
                .join();
    }

    /** Why its connection ended; null while it has not. */
    @Nullable
    String ended() {
        return ended;
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
            ended = reason;
            whenEnded.accept(reason);
        }
    }

    @Override
    public void close() {
        connection.disconnect();
    }
}
