package io.millrace.gateway.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import io.millrace.gateway.admit.Admitted.Address;
import io.millrace.gateway.commit.Receipts;
import io.millrace.model.Topics;
import io.millrace.model.wire.Receipt;
import io.millrace.model.wire.ReceiptCodec;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Receipts over a connection of their own, QoS 0, so that a slow agent never holds up the commit loop. */
public final class MqttReceipts implements Receipts, AutoCloseable {
    /** Receipts under way before further ones are dropped. */
    public static final int PENDING_MAX = 10_000;

    private static final Logger LOG = Logger.getLogger(MqttReceipts.class);
    private static final Duration STOP_MAX = Duration.ofSeconds(2);

    private final Mqtt5AsyncClient client;
    private final AtomicBoolean told = new AtomicBoolean();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    /** Starts to connect and goes on trying by itself. */
    public MqttReceipts(String host, int port) {
        client = MqttClient.builder()
                .useMqttVersion5()
                .identifier("millrace-gateway-receipts")
                .serverHost(host)
                .serverPort(port)
                .automaticReconnect()
                .initialDelay(100, TimeUnit.MILLISECONDS)
                .maxDelay(5, TimeUnit.SECONDS)
                .applyAutomaticReconnect()
                .addConnectedListener(_ -> connected())
                .addDisconnectedListener(context -> disconnected(context.getCause()))
                .buildAsync();
        var _ = client.connect();
    }

    private void connected() {
        LOG.info("Broker is reached");
        told.set(false);
    }

    /** Once for each outage; the other connections come and go with this one. */
    private void disconnected(Throwable cause) {
        if (!told.getAndSet(true)) {
            LOG.warnf("Broker is not reached, tried again until it is: cause=%s", cause);
        }
    }

    @Override
    public void send(Address to, Receipt receipt) {
        if (!client.getState().isConnected() || pending.get() >= PENDING_MAX) {
            drop();
            return;
        }
        pending.incrementAndGet();
        var _ = client.publishWith()
                .topic(Topics.receipt(to.site(), to.agent(), to.lane()))
                .qos(MqttQos.AT_MOST_ONCE)
                .payload(ReceiptCodec.encode(receipt))
                .send()
                .whenComplete((_, failure) -> {
                    pending.decrementAndGet();
                    (failure == null ? sent : dropped).incrementAndGet();
                });
    }

    private void drop() {
        if (dropped.incrementAndGet() == 1) {
            LOG.warn("Receipt dropped, agents will send again: the broker takes none at the moment");
        }
    }

    public long sent() {
        return sent.get();
    }

    public long dropped() {
        return dropped.get();
    }

    public boolean isConnected() {
        return client.getState().isConnected();
    }

    @Override
    public void close() {
        try {
            client.disconnect().get(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debugf("Receipt connection was not closed cleanly: cause=%s", e);
        }
    }
}
