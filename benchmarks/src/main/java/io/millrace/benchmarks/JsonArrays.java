package io.millrace.benchmarks;

import io.millrace.agent.uplink.MqttLink;
import io.millrace.agent.uplink.paho.PahoLinks;
import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Value;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Publishes a recording's readings of now as JSON arrays, as fast as the broker acknowledges: what an agent would send
 * that somebody writes in an afternoon.
 */
final class JsonArrays implements AutoCloseable {
    private static final int UNDER_WAY_MAX = 64;
    private static final int CONNECT_SECONDS_MAX = 20;

    private record Connection(MqttLink link, Semaphore room, String topic) {}

    private final List<Connection> connections = new ArrayList<>();
    private final List<String> heads = new ArrayList<>();
    private int next;
    private long id;

    /**
     * @throws InputException if the broker does not take the connections
     */
    JsonArrays(URI broker, int count, Recording recording) throws InputException, InterruptedException {
        for (EventBatch batch : recording.batches()) {
            batch.events().forEach(event -> heads.add(head(event)));
        }
        var links = new PahoLinks(broker);
        var connected = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            var connection =
                    new Connection(links.create(), new Semaphore(UNDER_WAY_MAX), "plant/agent-%d".formatted(i));
            var will = new MqttLink.Will(connection.topic() + "/gone", new byte[0]);
            connection.link().connect("json-" + i, will, new Acknowledged(connected, connection.room()));
            connections.add(connection);
        }
        if (!connected.await(CONNECT_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new InputException("broker %s did not take %d connections".formatted(broker, count));
        }
    }

    /** All of a reading but its time. */
    private static String head(Event event) {
        return "{\"device\":\"%s\",\"metric\":\"%s\",\"unit\":\"%s\",\"value\":%s,\"ts\":"
                .formatted(
                        event.series().device(),
                        event.series().metric(),
                        event.series().unit(),
                        ((Value.Numeric) event.value()).number());
    }

    /** Publishes so many events, by one thread over all connections in turn; returns when all are handed over. */
    void publish(long events, int eventsPerMessage) throws InterruptedException {
        var text = new StringBuilder();
        for (long sent = 0; sent < events; sent += eventsPerMessage) {
            Connection connection = connections.get((int) (id % connections.size()));
            text.setLength(0);
            long nowMillis = System.currentTimeMillis();
            for (int i = 0; i < eventsPerMessage; i++) {
                text.append(i == 0 ? '[' : ',')
                        .append(heads.get(next))
                        .append(nowMillis)
                        .append('}');
                next = (next + 1) % heads.size();
            }
            connection.room().acquire();
            connection
                    .link()
                    .publish(
                            ++id,
                            connection.topic(),
                            text.append(']').toString().getBytes(StandardCharsets.UTF_8),
                            false);
        }
    }

    @Override
    public void close() {
        connections.forEach(connection -> connection.link().close());
    }

    private record Acknowledged(CountDownLatch connected, Semaphore room) implements MqttLink.Listener {
        @Override
        public void connected(int receiveMaximum) {
            connected.countDown();
        }

        @Override
        public void acknowledged(long id, int reasonCode) {
            room.release();
        }

        @Override
        public void received(String topic, byte[] payload) {
            // Nothing is subscribed.
        }

        @Override
        public void lost(String reason) {
            System.err.println("bench: connection lost: " + reason);
        }
    }
}
