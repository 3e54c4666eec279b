package io.millrace.broker;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** A publisher and a subscriber with a persistent session. */
final class Clients {
    static final String SUBSCRIBER = "gateway";

    private static final long SILENCE_SECONDS_MAX = 30;

    private Clients() {}

    static void subscribeAndLeave(String address, String topic) throws MqttException {
        subscribeAndLeave(address, SUBSCRIBER, topic);
    }

    static void subscribeAndLeave(String address, String clientId, String topic) throws MqttException {
        var client = client(address, clientId);
        client.connect(session());
        client.subscribe(topic, 1);
        leave(client);
    }

    /** Publishes 0, 1, 2 … as text and returns when all are acknowledged. */
    static void publish(String address, String topic, int count) throws MqttException {
        var client = client(address, "thermometer");
        client.connect();
        for (int i = 0; i < count; i++) {
            client.publish(topic, Integer.toString(i).getBytes(StandardCharsets.UTF_8), 1, false);
        }
        leave(client);
    }

    /**
     * Publishes 0, 1, 2 … as text without waiting for answers in between.
     *
     * @return their reason codes
     */
    static List<Integer> publishAtOnce(String address, String topic, int count) throws MqttException {
        var client = new MqttAsyncClient("tcp://" + address, "thermometer", new MemoryPersistence());
        client.connect().waitForCompletion();
        List<IMqttToken> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tokens.add(client.publish(topic, Integer.toString(i).getBytes(StandardCharsets.UTF_8), 1, false));
        }
        List<Integer> reasons = new ArrayList<>();
        for (IMqttToken token : tokens) {
            token.waitForCompletion(TimeUnit.SECONDS.toMillis(SILENCE_SECONDS_MAX));
            reasons.add(token.getReasonCodes()[0]);
        }
        client.disconnect().waitForCompletion();
        client.close();
        return reasons;
    }

    /** Publishes 0, 1, 2 … as text at QoS 0. */
    static void publishAtMostOnce(String address, String clientId, String topic, int count) throws MqttException {
        var client = client(address, clientId);
        client.connect();
        for (int i = 0; i < count; i++) {
            client.publish(topic, Integer.toString(i).getBytes(StandardCharsets.UTF_8), 0, false);
        }
        leave(client);
    }

    /** Publishes one message at QoS 1; returns the reason code of the answer, or of the DISCONNECT that follows it. */
    static int publishOnce(String address, String clientId, String topic, byte[] payload) throws Exception {
        var client = new MqttAsyncClient("tcp://" + address, clientId, new MemoryPersistence());
        var inbox = new Inbox();
        client.setCallback(inbox);
        client.connect().waitForCompletion();
        IMqttToken token = client.publish(topic, payload, 1, false);
        try {
            token.waitForCompletion(TimeUnit.SECONDS.toMillis(SILENCE_SECONDS_MAX));
            return token.getReasonCodes()[0];
        } catch (MqttException e) {
            return inbox.reason.get(SILENCE_SECONDS_MAX, TimeUnit.SECONDS);
        } finally {
            client.disconnectForcibly(0, 0, false);
            client.close(true);
        }
    }

    /** Connects with such a last will, or fails. */
    static void connectWithWill(String address, String topic, byte[] payload) throws MqttException {
        var options = new MqttConnectionOptions();
        options.setWill(topic, new MqttMessage(payload, 1, false, new MqttProperties()));
        var client = client(address, "mortal");
        client.connect(options);
        leave(client);
    }

    /** A connected client that listens. */
    static final class Session implements AutoCloseable {
        private final Inbox inbox = new Inbox();
        private final MqttClient client;

        private Session(String address, String clientId, MqttConnectionOptions options) throws MqttException {
            client = client(address, clientId);
            client.setCallback(inbox);
            client.connect(options);
        }

        /** Resumes a session. */
        static Session resumed(String address, String clientId) throws MqttException {
            return new Session(address, clientId, session());
        }

        /** With a session that ends with the connection. */
        static Session clean(String address, String clientId) throws MqttException {
            return new Session(address, clientId, new MqttConnectionOptions());
        }

        void subscribe(String filter) throws MqttException {
            client.subscribe(filter, 1);
        }

        MqttMessage next() throws InterruptedException {
            MqttMessage next = inbox.whole.poll(SILENCE_SECONDS_MAX, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no message within %d s".formatted(SILENCE_SECONDS_MAX));
            }
            return next;
        }

        @Override
        public void close() throws MqttException {
            leave(client);
        }
    }

    /**
     * Publishes 0, 1, 2 … as text with so many blanks behind, until the broker answers no more.
     *
     * @return how many it acknowledged, at most {@code count}
     */
    static int publishWhileItAnswers(String address, String topic, int count, int blanks) throws MqttException {
        var client = client(address, "thermometer");
        client.setTimeToWait(TimeUnit.SECONDS.toMillis(SILENCE_SECONDS_MAX));
        client.connect();
        for (int i = 0; i < count; i++) {
            try {
                byte[] payload = (i + " ".repeat(blanks)).getBytes(StandardCharsets.UTF_8);
                client.publish(topic, payload, 1, false);
            } catch (MqttException e) {
                return i;
            }
        }
        return count;
    }

    /** Resumes the subscriber's session and returns the first {@code count} messages, fewer if no more come. */
    static List<String> received(String address, int count) throws MqttException, InterruptedException {
        var inbox = new Inbox();
        var client = client(address, SUBSCRIBER);
        client.setCallback(inbox);
        client.connect(session());
        List<String> all = new ArrayList<>();
        while (all.size() < count) {
            String next = inbox.messages.poll(SILENCE_SECONDS_MAX, TimeUnit.SECONDS);
            if (next == null) {
                break;
            }
            all.add(next);
        }
        leave(client);
        return all;
    }

    private static void leave(MqttClient client) throws MqttException {
        client.disconnect();
        client.close();
    }

    private static MqttClient client(String address, String id) throws MqttException {
        return new MqttClient("tcp://" + address, id, new MemoryPersistence());
    }

    private static MqttConnectionOptions session() {
        var options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(3_600L);
        return options;
    }

    private static final class Inbox implements MqttCallback {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final BlockingQueue<MqttMessage> whole = new LinkedBlockingQueue<>();
        private final CompletableFuture<Integer> reason = new CompletableFuture<>();

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            whole.add(message);
            messages.add(new String(message.getPayload(), StandardCharsets.UTF_8));
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {
            reason.complete(response.getReturnCode());
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
