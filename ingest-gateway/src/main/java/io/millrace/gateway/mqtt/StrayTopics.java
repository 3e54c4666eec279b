package io.millrace.gateway.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import io.millrace.gateway.commit.Inbound;
import io.millrace.gateway.commit.Inbox;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Hands on what was published to a topic that nobody else here listens to: it becomes a dead letter, so that a device
 * with a typo in its topic is found. MQTT 3.1.1 has no other way to tell it. Since no filter says "all but ours", this
 * hears everything once more, at QoS 0, and lets go of what it knows by its topic. It does its best: at most
 * {@value #PER_SECOND_MAX} a second, and nothing that the broker has to keep for it.
 *
 * <p>It listens only while those do who take batches: a broker with any listener no longer tells agents that nobody
 * takes their batches (reason 0x10), and they would wait for receipts that do not come.
 */
public final class StrayTopics implements AutoCloseable {
    /** Somebody may use the broker for something else; the log is not to fill with that. */
    static final int PER_SECOND_MAX = 100;

    private static final Logger LOG = Logger.getLogger(StrayTopics.class);
    private static final String ROOT = "millrace/v1/";
    private static final String BUNDLES = "millrace-bundle/1/";
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private final Inbox inbox;
    private final BooleanSupplier othersListen;
    private final Mqtt5AsyncClient client;
    private final Thread thread;
    private final AtomicLong dropped = new AtomicLong();
    private long second;
    private int thisSecond;

    /**
     * Listens from when the others do, and goes on trying by itself.
     *
     * @param othersListen whether all other subscriptions are there; asked on a thread of its own
     */
    public StrayTopics(String host, int port, Inbox inbox, BooleanSupplier othersListen) {
        this.inbox = inbox;
        this.othersListen = othersListen;
        client = MqttClient.builder()
                .useMqttVersion5()
                .identifier("millrace-gateway-strays")
                .serverHost(host)
                .serverPort(port)
                .buildAsync();
        thread = Thread.ofVirtual().name("strays").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                boolean wanted = othersListen.getAsBoolean();
                if (wanted && !client.getState().isConnectedOrReconnect()) {
                    listen();
                } else if (!wanted && client.getState().isConnected()) {
                    client.disconnect().exceptionally(_ -> null).join();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tried again at the next look if it fails; others tell that the broker is away. */
    private void listen() {
        client.connect()
                .thenCompose(_ -> client.subscribeWith()
                        .topicFilter("#")
                        .qos(MqttQos.AT_MOST_ONCE)
                        .retainHandling(Mqtt5RetainHandling.DO_NOT_SEND)
                        .callback(this::heard)
                        .send())
                .exceptionally(failure -> {
                    LOG.debugf("Strays are not heard: cause=%s", failure);
                    var _ = client.disconnect(); // connected without the subscription, it would look well
                    return null;
                })
                .join();
    }

    /** On the client's one thread. */
    private void heard(Mqtt5Publish message) {
        String topic = message.getTopic().toString();
        if (isHeardElsewhere(topic)) {
            return;
        }
        if (inbox.messages() < Inbox.MESSAGES_MAX && mayPass(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime()))) {
            var _ = inbox.put(new Inbound(topic, message.getPayloadAsBytes(), System.nanoTime(), () -> {}));
        } else {
            dropped.incrementAndGet();
        }
    }

    private boolean mayPass(long now) {
        if (now != second) {
            second = now;
            thisSecond = 0;
        }
        thisSecond++;
        return thisSecond <= PER_SECOND_MAX;
    }

    /** Whether one of our other subscriptions matches the topic, or it is one that we publish to. */
    static boolean isHeardElsewhere(String topic) {
        String[] levels = topic.split("/", -1);
        if (topic.startsWith(BUNDLES)) {
            return levels.length == 4 && (levels[2].equals("plain") || levels[2].equals("batch"));
        }
        if (!topic.startsWith(ROOT)) {
            return false;
        }
        if (levels.length < 5) {
            return false;
        }
        return switch (levels[4]) {
            case "event" -> true;
            case "batch", "receipt" -> levels.length == 6;
            case "status" -> levels.length == 5;
            default -> false;
        };
    }

    /** Left out since the start because there were too many, or the inbox was full. */
    public long dropped() {
        return dropped.get();
    }

    @Override
    public void close() {
        thread.interrupt();
        var _ = client.disconnect();
    }
}
