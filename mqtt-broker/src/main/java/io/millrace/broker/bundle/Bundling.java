package io.millrace.broker.bundle;

import com.hivemq.bootstrap.ClientConnection;
import com.hivemq.bootstrap.netty.ChannelHandlerNames;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.client.ClientContext;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.packets.subscribe.Subscription;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import com.hivemq.extension.sdk.api.services.publish.Publish;
import com.hivemq.extension.sdk.api.services.publish.PublishToClientResult;
import com.hivemq.mqtt.handler.disconnect.MqttServerDisconnector;
import com.hivemq.mqtt.message.dropping.MessageDroppedService;
import com.hivemq.mqtt.message.reason.Mqtt5DisconnectReasonCode;
import com.hivemq.mqtt.topic.tree.LocalTopicTree;
import com.hivemq.persistence.connection.ConnectionPersistence;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The extension that bundles. HiveMQ keeps each message of a session on disk by one thread, which is what limits it; with
 * bundles it does so once for many. Nothing else changes: the PUBACK comes when the message is in the queue. Clients may
 * not publish to the topics of bundles, or they could have messages counted for others.
 */
public final class Bundling implements ExtensionMain, ClientTap.Taker {
    private static final Logger LOG = LoggerFactory.getLogger(Bundling.class);

    private final Way plain = new Way(Route.PLAIN);
    private final Way batch = new Way(Route.BATCH);
    private final ConnectionPersistence connections;
    private final LocalTopicTree subscriptions;
    private final MessageDroppedService dropped;
    private final MqttServerDisconnector disconnector;

    /** Takes HiveMQ's own services, which its interfaces for extensions do not reach. */
    public Bundling(
            ConnectionPersistence connections,
            LocalTopicTree subscriptions,
            MessageDroppedService dropped,
            MqttServerDisconnector disconnector) {
        this.connections = connections;
        this.subscriptions = subscriptions;
        this.dropped = dropped;
        this.disconnector = disconnector;
    }

    /** How many messages a message to this topic stands for: a bundle's count, else 1. */
    public static int messagesIn(String topic) {
        return Route.messagesIn(topic);
    }

    @Override
    public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
        plain.audience.start();
        batch.audience.start();
        TopicPermission noBundles = Builders.topicPermission()
                .topicFilter(Route.ALL_BUNDLES)
                .type(TopicPermission.PermissionType.DENY)
                .activity(TopicPermission.MqttActivity.PUBLISH)
                .build();
        Services.initializerRegistry().setClientInitializer((client, context) -> {
            context.getDefaultPermissions().add(noBundles);
            context.getDefaultPermissions().setDefaultBehaviour(DefaultAuthorizationBehaviour.ALLOW);
            initialize(client.getClientInformation().getClientId(), context);
        });
    }

    /** HiveMQ waits for it before it answers a CONNECT. */
    private void initialize(String clientId, ClientContext context) {
        if (!clientId.startsWith(Route.GATEWAY)) {
            context.addSubscribeInboundInterceptor((subscribe, _) -> {
                List<String> filters = subscribe.getSubscribePacket().getSubscriptions().stream()
                        .map(Subscription::getTopicFilter)
                        .toList();
                plain.audience.subscribes(clientId, filters);
                batch.audience.subscribes(clientId, filters);
            });
            tap(clientId, context, new ClientTap(this));
        } else if (clientId.equals(Route.PLAIN.session())) {
            context.addSubackOutboundInterceptor((_, _) -> plain.audience.gatewayListens());
        } else if (clientId.equals(Route.BATCH.session())) {
            context.addSubackOutboundInterceptor((_, _) -> batch.audience.gatewayListens());
        } else if (clientId.equals(Route.RECEIPTS)) {
            tap(clientId, context, new ReceiptTap(connections, subscriptions, dropped));
        }
    }

    /** Puts it where the client's messages come in, unless the client has gone or another has its id by now. */
    private void tap(String clientId, ClientContext context, ChannelHandler tap) {
        ClientConnection connection = connections.get(clientId);
        if (connection == null || !context.getDefaultPermissions().equals(connection.getAuthPermissions())) {
            return;
        }
        try {
            connection.getChannel().pipeline().addAfter(ChannelHandlerNames.MQTT_MESSAGE_BARRIER, ClientTap.NAME, tap);
        } catch (NoSuchElementException e) {
            LOG.debug("Client has gone before it was connected: client={}", clientId);
        }
    }

    @Override
    public boolean takes(Route route) {
        Way way = way(route);
        return way.audience.isGatewayAlone() && way.queue.hasRoom();
    }

    @Override
    public @Nullable CompletableFuture<Bundle.Fate> take(Route route, String topic, ByteBuffer payload) {
        return way(route).queue.add(topic, payload);
    }

    private Way way(Route route) {
        return switch (route) {
            case PLAIN -> plain;
            case BATCH -> batch;
        };
    }

    @Override
    public void refuse(Channel client) {
        LOG.warn(
                "A message was not queued for the gateway, its sender has to send again: client={}",
                ClientConnection.of(client).getClientId());
        disconnector.disconnect(
                client,
                null,
                "A message was not queued for the gateway",
                Mqtt5DisconnectReasonCode.UNSPECIFIED_ERROR,
                "The message was not queued. Connect and send it again");
    }

    @Override
    public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
        // The process ends with it.
    }

    /** What it takes to bundle one route's messages. */
    private static final class Way {
        private final Route route;
        private final Audience audience;
        private final BundleQueue queue;

        Way(Route route) {
            this.route = route;
            this.audience = new Audience(route);
            this.queue = new BundleQueue(this::send, Way::afterRest);
        }

        private static void afterRest(Runnable task) {
            var _ = Services.extensionExecutorService().schedule(task, BundleQueue.REST_MILLIS, TimeUnit.MILLISECONDS);
        }

        private CompletableFuture<Bundle.Fate> send(Bundle bundle) {
            try {
                Publish publish = Builders.publish()
                        .topic(route.topic(bundle.messages()))
                        .qos(Qos.AT_LEAST_ONCE)
                        .payload(bundle.payload())
                        .build();
                return Services.publishService()
                        .publishToClient(publish, route.session())
                        .handle(this::fate);
            } catch (RuntimeException e) {
                return CompletableFuture.completedFuture(fate(null, e));
            }
        }

        /** Of plain devices without a session to keep them, messages are refused rather than lost. */
        private Bundle.Fate fate(@Nullable PublishToClientResult result, @Nullable Throwable failure) {
            if (result == PublishToClientResult.SUCCESSFUL) {
                return Bundle.Fate.QUEUED;
            }
            if (result == PublishToClientResult.NOT_SUBSCRIBED) {
                audience.gatewayIsGone();
                return route == Route.BATCH ? Bundle.Fate.NOBODY_LISTENS : Bundle.Fate.FAILED;
            }
            LOG.error("A bundle was not queued for the gateway: route={}", route, failure);
            return Bundle.Fate.FAILED;
        }
    }
}
