package io.millrace.broker.bundle;

import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.subscription.SubscriptionsForClientResult;
import com.hivemq.extension.sdk.api.services.subscription.TopicSubscription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who listens to a route's messages. Bundles reach nobody but the gateway, so while anybody else might hear the messages
 * they go one by one. Whoever subscribes is taken for a listener before the subscription counts, and let go of some
 * seconds after it is over.
 */
final class Audience {
    private static final Logger LOG = LoggerFactory.getLogger(Audience.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    /** A subscription that is younger may not be in HiveMQ's store yet. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    private final Route route;

    /** When each of the others was last heard of, by client id. */
    private final Map<String, Long> others = new ConcurrentHashMap<>();

    private final AtomicBoolean told = new AtomicBoolean();
    private volatile boolean gateway;

    /** Whether all that was subscribed before this start is known. */
    private volatile boolean complete;

    Audience(Route route) {
        this.route = route;
    }

    void start() {
        look();
        var _ = Services.extensionExecutorService()
                .scheduleAtFixedRate(this::look, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether the gateway takes bundles, and nobody else might want the messages. */
    boolean isGatewayAlone() {
        return gateway && complete && others.isEmpty();
    }

    /** Somebody is about to subscribe. */
    void subscribes(String clientId, List<String> filters) {
        if (!clientId.startsWith(Route.GATEWAY) && filters.stream().anyMatch(route::isHeardBy)) {
            heard(clientId, System.nanoTime());
        }
    }

    private void heard(String clientId, long nanos) {
        others.merge(clientId, nanos, Math::max);
        if (!told.getAndSet(true)) {
            LOG.info(
                    "Messages go to the gateway one by one, which costs some times as much, while others listen to them:"
                            + " client={} route={}",
                    clientId,
                    route);
        }
    }

    /** The gateway's session has subscribed. */
    void gatewayListens() {
        gateway = true;
    }

    void gatewayIsGone() {
        gateway = false;
    }

    /** Reads all subscriptions, as long as there is something to learn. */
    private void look() {
        if (complete && others.isEmpty()) {
            return;
        }
        long begun = System.nanoTime();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        var _ = Services.subscriptionStore()
                .iterateAllSubscriptions((_, client) -> see(client, seen))
                .whenComplete((_, failure) -> {
                    if (failure == null) {
                        learn(seen, begun);
                    } else {
                        LOG.debug("Subscriptions cannot be read yet", failure);
                    }
                });
    }

    private void see(SubscriptionsForClientResult client, Set<String> seen) {
        if (client.getClientId().equals(route.session())) {
            if (!complete) {
                gatewayListens();
            }
        } else if (!client.getClientId().startsWith(Route.GATEWAY)
                && client.getSubscriptions().stream()
                        .map(TopicSubscription::getTopicFilter)
                        .anyMatch(route::isHeardBy)) {
            seen.add(client.getClientId());
        }
    }

    private void learn(Set<String> seen, long begunNanos) {
        others.entrySet()
                .removeIf(other -> !seen.contains(other.getKey()) && begunNanos - other.getValue() > SETTLED.toNanos());
        seen.forEach(client -> heard(client, begunNanos));
        complete = true;
    }
}
