package io.millrace.agent.uplink.paho;

import io.millrace.agent.uplink.MqttLink;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection over Paho: a client object of its own, nothing kept by Paho, no reconnect by Paho (its own is shared by
 * all clients of a JVM, has no jitter, and waits for a CONNACK for ever).
 */
final class PahoMqttLink implements MqttLink {
    private static final Logger log = LoggerFactory.getLogger(PahoMqttLink.class);
    private static final int CONNECT_SECONDS_MAX = 10;
    private static final int RECEIVE_MAXIMUM_DEFAULT = 65_535; // MQTT 5.0, section 3.2.2.3.3
    private static final int NO_CODE = 0x80;
    private static final long DISCONNECT_MS_MAX = 500;
    /** Reason code 0x8E (MQTT 5.0, section 3.14.2.1), as Paho tells whoever waits for an answer. */
    private static final String TAKEN_OVER_PENDING = "Disconnect RC: 142";

    private static final String TAKEN_OVER_IDLE = "reasonCode=0x8e";

    private static final Duration CLOSE_MAX = Duration.ofSeconds(1);

    private final String server;
    private final Duration keepAlive;
    private final AtomicBoolean over = new AtomicBoolean();
    private @Nullable MqttAsyncClient client;
    private Listener listener = new Deaf();
    private String name = "";

    PahoMqttLink(String server, Duration keepAlive) {
        this.server = server;
        this.keepAlive = keepAlive;
    }

    @Override
    public void connect(String clientId, Will will, Listener newListener) {
        listener = newListener;
        name = clientId;
        try {
            var made = new MqttAsyncClient(server, clientId, new MemoryPersistence());
            client = made;
            made.setCallback(new Ears());
            made.connect(options(will), null, new MqttActionListener() {
                @Override
                public void onSuccess(IMqttToken token) {
                    MqttProperties properties = token.getResponseProperties();
                    Integer receiveMaximum = properties == null ? null : properties.getReceiveMaximum();
                    listener.connected(receiveMaximum == null ? RECEIVE_MAXIMUM_DEFAULT : receiveMaximum);
                }

                @Override
                public void onFailure(IMqttToken token, Throwable cause) {
                    lost("cannot connect to %s: %s".formatted(server, reason(cause)));
                }
            });
        } catch (MqttException e) {
            lost("cannot connect to %s: %s".formatted(server, reason(e)));
        }
    }

    private MqttConnectionOptions options(Will will) {
        var options = new MqttConnectionOptions();
        options.setAutomaticReconnect(false);
        options.setCleanStart(true);
        options.setSessionExpiryInterval(0L);
        options.setReceiveMaximum(UNANSWERED_MAX);
        options.setKeepAliveInterval((int) keepAlive.toSeconds());
        options.setConnectionTimeout(CONNECT_SECONDS_MAX);
        options.setWill(will.topic(), new MqttMessage(will.payload(), 1, true, new MqttProperties()));
        return options;
    }

    /** Paho wraps what really happened. */
    private static String reason(Throwable t) {
        return t.getCause() == null ? t.toString() : t.getCause().toString();
    }

    @Override
    public void subscribe(String filter) {
        run(
                "subscribe",
                to -> to.subscribe(filter, 0, null, new MqttActionListener() {
                    @Override
                    public void onSuccess(IMqttToken token) {
                        int code = codeOf(token);
                        if (code >= NO_CODE) {
                            lost("subscription to %s refused: reasonCode=0x%02x".formatted(filter, code));
                        }
                    }

                    @Override
                    public void onFailure(IMqttToken token, Throwable cause) {
                        lost("subscription to %s failed: %s".formatted(filter, reason(cause)));
                    }
                }));
    }

    @Override
    public void publish(long id, String topic, byte[] payload, boolean retained) {
        run(
                "publish",
                to -> to.publish(topic, payload, 1, retained, null, new MqttActionListener() {
                    @Override
                    public void onSuccess(IMqttToken token) {
                        listener.acknowledged(id, codeOf(token)); // a code that refuses is a success to Paho, too
                    }

                    @Override
                    public void onFailure(IMqttToken token, Throwable cause) {
                        lost("publish failed: %s".formatted(reason(cause)));
                    }
                }));
    }

    private static int codeOf(IMqttToken token) {
        int[] codes = token.getReasonCodes();
        return codes == null || codes.length == 0 ? 0 : codes[0] & 0xFF;
    }

    @FunctionalInterface
    private interface Request {
        void to(MqttAsyncClient client) throws MqttException;
    }

    private void run(String what, Request request) {
        MqttAsyncClient to = client;
        if (to == null) {
            throw new IllegalStateException("%s before connect".formatted(what));
        }
        try {
            request.to(to);
        } catch (MqttException e) {
            lost("%s failed: %s".formatted(what, reason(e)));
        }
    }

    private void lost(String reason) {
        if (!over.getAndSet(true)) {
            boolean takenOver = reason.contains(TAKEN_OVER_PENDING) || reason.contains(TAKEN_OVER_IDLE);
            listener.lost(
                    takenOver
                            ? "another client with the same name took over. If two agents run as %s, give one another name"
                                    .formatted(name)
                            : reason);
        }
    }

    @Override
    public void close() {
        over.set(true);
        MqttAsyncClient closing = client;
        client = null;
        if (closing == null) {
            return;
        }
        Thread closer = Thread.ofPlatform().daemon().name("mqtt-close").start(() -> {
            quietly(() -> closing.disconnectForcibly(0, DISCONNECT_MS_MAX, closing.isConnected()));
            quietly(() -> closing.close(true));
        });
        try {
            closer.join(CLOSE_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @FunctionalInterface
    private interface Closing {
        void run() throws MqttException;
    }

    private static void quietly(Closing closing) {
        try {
            closing.run();
        } catch (MqttException | RuntimeException e) {
            log.debug("Closing an MQTT client failed", e);
        }
    }

    /** Hands everything on at once: Paho's thread must not be held up. */
    private final class Ears implements MqttCallback {
        @Override
        public void disconnected(MqttDisconnectResponse response) {
            lost("connection lost: reasonCode=0x%02x %s"
                    .formatted(response.getReturnCode() & 0xFF, String.valueOf(response.getException())));
        }

        @Override
        public void mqttErrorOccurred(MqttException e) {
            log.debug("MQTT error", e);
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            listener.received(topic, message.getPayload());
        }

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }

    /** Before there is a listener nothing happens. */
    private static final class Deaf implements Listener {
        @Override
        public void connected(int receiveMaximum) {}

        @Override
        public void acknowledged(long id, int reasonCode) {}

        @Override
        public void received(String topic, byte[] payload) {}

        @Override
        public void lost(String reason) {}
    }
}
