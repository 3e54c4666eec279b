package io.millrace.gateway.live;

import io.millrace.gateway.project.EngineProjection;
import io.millrace.store.Store;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.websockets.next.WebSocketConnection;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Pushes to all pages from one thread: points every {@value #POINTS_EVERY_MILLIS} ms, changed values every
 * {@value #VALUES_EVERY_MILLIS} ms, the pipeline's truth every second, alerts as soon as they change; of many changes in
 * {@value #ALERTS_EVERY_MILLIS} ms the later ones wait for the next points. A page whose last frames have not left yet is
 * passed over until they have.
 */
@Singleton
final class Pusher {
    /** Pages at once at most; one more is refused. */
    static final int CLIENTS_MAX = 64;

    static final int POINTS_EVERY_MILLIS = 25;
    static final int VALUES_EVERY_MILLIS = 250;
    static final int ALERTS_EVERY_MILLIS = 5;
    private static final int TRUTH_EVERY_MILLIS = 1000;
    private static final long ALERTS_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(ALERTS_EVERY_MILLIS);
    private static final Logger LOG = Logger.getLogger(Pusher.class);

    private final Curves curves;
    private final EngineProjection projection;
    private final PipelineTruth truth;
    private final Frames frames;
    private final Store store;
    private final Clock clock;
    private final AlertBell bell;
    private final AtomicBoolean alertsDue = new AtomicBoolean();
    private final Map<String, Client> clients = new ConcurrentHashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("live-push").daemon().factory());
    private long turns;
    private long alertsPushedNanos = System.nanoTime();

    Pusher(
            Curves curves,
            EngineProjection projection,
            PipelineTruth truth,
            Frames frames,
            Store store,
            Clock clock,
            AlertBell bell) {
        this.curves = curves;
        this.projection = projection;
        this.truth = truth;
        this.frames = frames;
        this.store = store;
        this.clock = clock;
        this.bell = bell;
    }

    void start(@Observes StartupEvent event) {
        bell.heardBy(this::alertsChanged);
        var _ = thread.scheduleAtFixedRate(this::turn, 0, POINTS_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        bell.heardByNobody();
        thread.shutdownNow();
    }

    /** Takes a page in, or not if there are too many. */
    boolean join(WebSocketConnection connection) {
        if (clients.size() >= CLIENTS_MAX) {
            return false;
        }
        var client = new Client(connection);
        client.send(frames.hello(clock.instant()));
        clients.put(connection.id(), client);
        return true;
    }

    void leave(WebSocketConnection connection) {
        if (clients.remove(connection.id()) != null) {
            watch();
        }
    }

    /** A page said something. */
    void heard(WebSocketConnection connection, String message) {
        Client client = clients.get(connection.id());
        if (client == null) {
            return;
        }
        try {
            client.want(frames.wanted(message));
            watch();
        } catch (IllegalArgumentException e) {
            client.send(frames.error(String.valueOf(e.getMessage())));
        }
    }

    private synchronized void watch() {
        Set<SeriesId> wanted = new HashSet<>();
        for (Client client : clients.values()) {
            wanted.addAll(client.wanted().points());
            wanted.addAll(client.wanted().values());
        }
        curves.watch(wanted, wanted.isEmpty() ? List.of() : store.derivation().latest());
    }

    /** On the derivation's thread. */
    private void alertsChanged() {
        if (!clients.isEmpty() && alertsDue.compareAndSet(false, true)) {
            thread.execute(this::alertsTurn);
        }
    }

    private void alertsTurn() {
        alertsDue.set(false);
        if (System.nanoTime() - alertsPushedNanos < ALERTS_EVERY_NANOS) {
            return;
        }
        try {
            alertsPushedNanos = System.nanoTime();
            clients.values().stream().filter(Client::isIdle).forEach(this::pushAlerts);
        } catch (RuntimeException e) {
            LOG.errorf(e, "Pages were not told of alerts at once, the next turn tells them");
        }
    }

    private void pushAlerts(Client client) {
        client.pushAlerts(projection.openAlerts(), frames);
    }

    private void turn() {
        try {
            push(turns++ * POINTS_EVERY_MILLIS);
        } catch (RuntimeException e) {
            LOG.errorf(e, "Pages were not told for one turn, the next turn tries again");
        }
    }

    private void push(long atMillis) {
        boolean values = atMillis % VALUES_EVERY_MILLIS == 0;
        boolean second = atMillis % TRUTH_EVERY_MILLIS == 0;
        if (second) {
            truth.sample();
        }
        String pipeline = second && !clients.isEmpty() ? frames.pipeline(truth.now()) : "";
        for (Client client : clients.values()) {
            if (!client.isIdle()) {
                continue;
            }
            pushAlerts(client);
            client.pushPoints(curves, frames);
            if (values) {
                client.pushPending(projection.pending(), frames);
                client.pushValues(curves, frames);
            }
            if (second) {
                client.send(pipeline);
            }
        }
    }
}
