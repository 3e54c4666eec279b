package io.millrace.agent.uplink.paho;

import io.millrace.agent.uplink.MqttLink;
import java.net.URI;
import java.time.Duration;

/** Links over Eclipse Paho's MQTT 5 client. */
public final class PahoLinks implements MqttLink.Factory {
    private static final int PORT = 1883;
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    private final String server;
    private final Duration keepAlive;

    /**
     * @param broker {@code mqtt://host:port}, port 1883 if none is given
     * @throws IllegalArgumentException if it is none such
     */
    public PahoLinks(URI broker) {
        this(broker, KEEP_ALIVE);
    }

    /**
     * @param keepAlive after so long without an answer, and as long again, the connection counts as lost; 1 s or more
     */
    PahoLinks(URI broker, Duration keepAlive) {
        this.keepAlive = keepAlive;
        if (!"mqtt".equals(broker.getScheme()) || broker.getHost() == null) {
            throw new IllegalArgumentException("mqtt is %s, expected mqtt://host:port".formatted(broker));
        }
        this.server = "tcp://%s:%d".formatted(broker.getHost(), broker.getPort() < 0 ? PORT : broker.getPort());
    }

    @Override
    public MqttLink create() {
        return new PahoMqttLink(server, keepAlive);
    }
}
