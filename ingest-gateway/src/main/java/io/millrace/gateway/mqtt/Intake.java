package io.millrace.gateway.mqtt;

import io.millrace.gateway.commit.Inbound;
import io.millrace.gateway.commit.Inbox;
import io.millrace.model.wire.MalformedMessageException;
import io.smallrye.reactive.messaging.mqtt.ReceivingMqttMessageMetadata;
import io.vertx.mutiny.mqtt.messages.MqttPublishMessage;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * Hands messages from the broker to the commit loop. {@code Message.ack()} does nothing in this connector; the PUBACK
 * is the raw message's own {@code ack()}, called after the commit. A nack would end the channel, so there is none.
 */
@ApplicationScoped
class Intake {
    private static final Logger LOG = Logger.getLogger(Intake.class);

    private final Inbox inbox;

    Intake(Inbox inbox) {
        this.inbox = inbox;
    }

    @Incoming("batches")
    CompletionStage<Void> batch(Message<byte[]> message) {
        return hand(message);
    }

    @Incoming("plain")
    CompletionStage<Void> plain(Message<byte[]> message) {
        return hand(message);
    }

    @Incoming("status")
    CompletionStage<Void> status(Message<byte[]> message) {
        return hand(message);
    }

    @Incoming("batch-bundles")
    CompletionStage<Void> batchBundle(Message<byte[]> message) {
        return handAll(message);
    }

    @Incoming("plain-bundles")
    CompletionStage<Void> plainBundle(Message<byte[]> message) {
        return handAll(message);
    }

    /** The bundle has one PUBACK, which goes out with the commit of its last message. */
    private CompletionStage<Void> handAll(Message<byte[]> message) {
        MqttPublishMessage raw = raw(message);
        List<Bundle.Part> parts;
        try {
            parts = Bundle.parts(message.getPayload());
        } catch (MalformedMessageException e) {
            LOG.warnf("A bundle cannot be read and becomes one dead letter: cause=%s", e.getMessage());
            return hand(message);
        }
        var open = new AtomicInteger(parts.size());
        Runnable one = () -> {
            if (open.decrementAndGet() == 0) {
                acknowledge(raw);
            }
        };
        long now = System.nanoTime();
        CompletableFuture<?>[] room = parts.stream()
                .map(part -> inbox.put(new Inbound(part.topic(), part.payload(), now, one)))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(room).thenCompose(ignored -> message.ack());
    }

    private CompletionStage<Void> hand(Message<byte[]> message) {
        MqttPublishMessage raw = raw(message);
        return inbox.put(new Inbound(raw.topicName(), message.getPayload(), System.nanoTime(), () -> acknowledge(raw)))
                .thenCompose(ignored -> message.ack());
    }

    private static MqttPublishMessage raw(Message<byte[]> message) {
        return message.getMetadata(ReceivingMqttMessageMetadata.class)
                .orElseThrow(() -> new IllegalStateException("a message of the MQTT connector has its metadata"))
                .getMessage();
    }

    /** The connection may have gone since; the broker then sends the message again and the ledger folds it once. */
    private static void acknowledge(MqttPublishMessage raw) {
        try {
            raw.ack();
        } catch (RuntimeException e) {
            LOG.debugf("PUBACK not sent, the broker will deliver again: topic=%s cause=%s", raw.topicName(), e);
        }
    }
}
