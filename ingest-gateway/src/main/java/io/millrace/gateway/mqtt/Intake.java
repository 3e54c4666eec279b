package io.millrace.gateway.mqtt;

import io.millrace.gateway.commit.Inbound;
import io.millrace.gateway.commit.Inbox;
import io.smallrye.reactive.messaging.mqtt.ReceivingMqttMessageMetadata;
import io.vertx.mutiny.mqtt.messages.MqttPublishMessage;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletionStage;
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
