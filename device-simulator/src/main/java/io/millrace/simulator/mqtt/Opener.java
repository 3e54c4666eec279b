package io.millrace.simulator.mqtt;

/** Opens connections. */
@FunctionalInterface
public interface Opener {
    /** Begins to connect; the listener hears what comes of it. */
    MqttConnection open(MqttConnection.Client client, MqttConnection.Listener listener);
}
