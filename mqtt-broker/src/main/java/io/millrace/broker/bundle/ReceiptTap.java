package io.millrace.broker.bundle;

import com.hivemq.bootstrap.ClientConnection;
import com.hivemq.bootstrap.netty.ChannelHandlerNames;
import com.hivemq.mqtt.message.QoS;
import com.hivemq.mqtt.message.dropping.MessageDroppedService;
import com.hivemq.mqtt.message.publish.PUBLISH;
import com.hivemq.mqtt.message.publish.PUBLISHFactory;
import com.hivemq.mqtt.topic.SubscriberWithIdentifiers;
import com.hivemq.mqtt.topic.tree.LocalTopicTree;
import com.hivemq.mqtt.topic.tree.TopicSubscribers;
import com.hivemq.persistence.connection.ConnectionPersistence;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes receipts from the gateway's connection for them to the connections of those who subscribe to them. HiveMQ would
 * put each into a queue first, and its payload into a store on disk; receipts are QoS 0, an agent that misses one sends
 * again. The gateway's own sessions hear none. Only the connection's event loop calls it.
 */
final class ReceiptTap extends ChannelInboundHandlerAdapter {
    private final ConnectionPersistence connections;
    private final LocalTopicTree subscriptions;
    private final MessageDroppedService dropped;

    /** What one read brought, by who is to send it: so each is woken once. */
    private final Map<EventLoop, List<Delivery>> deliveries = new HashMap<>();

    private record Delivery(Channel to, String clientId, PUBLISH receipt) {}

    ReceiptTap(ConnectionPersistence connections, LocalTopicTree subscriptions, MessageDroppedService dropped) {
        this.connections = connections;
        this.subscriptions = subscriptions;
        this.dropped = dropped;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof PUBLISH receipt
                && receipt.getQoS() == QoS.AT_MOST_ONCE
                && !receipt.isRetain()
                && take(receipt))) {
            context.fireChannelRead(message);
        }
    }

    private boolean take(PUBLISH receipt) {
        TopicSubscribers all = subscriptions.findTopicSubscribers(receipt.getTopic());
        if (!all.getSharedSubscriptions().isEmpty()) {
            return false;
        }
        for (SubscriberWithIdentifiers subscriber : all.getSubscribers()) {
            ClientConnection connection = connections.get(subscriber.getSubscriber());
            if (connection != null && !subscriber.getSubscriber().startsWith(Route.GATEWAY)) {
                deliveries
                        .computeIfAbsent(connection.getChannel().eventLoop(), _ -> new ArrayList<>())
                        .add(new Delivery(
                                connection.getChannel(), subscriber.getSubscriber(), copy(receipt, subscriber)));
            }
        }
        return true;
    }

    /** Encoding notes lengths in the message, so each receiver has its own. */
    private static PUBLISH copy(PUBLISH receipt, SubscriberWithIdentifiers to) {
        return new PUBLISHFactory.Mqtt5Builder()
                .fromPublish(receipt)
                .withSubscriptionIdentifiers(to.getSubscriptionIdentifier())
                .build();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        deliveries.forEach((loop, list) -> loop.execute(() -> list.forEach(this::deliver)));
        deliveries.clear();
        context.fireChannelReadComplete();
    }

    private void deliver(Delivery delivery) {
        ChannelPipeline pipeline = delivery.to.pipeline();
        ChannelHandlerContext context = pipeline.context(ClientTap.NAME);
        if (context == null || pipeline.get(ChannelHandlerNames.MQTT_MESSAGE_BARRIER) != null) {
            return; // it is not connected yet
        }
        if (delivery.to.isWritable()) {
            ((ClientTap) context.handler()).write(context, delivery.receipt);
        } else {
            dropped.notWritable(delivery.clientId, delivery.receipt.getTopic(), QoS.AT_MOST_ONCE.getQosNumber());
        }
    }
}
