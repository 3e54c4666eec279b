package io.millrace.agent.uplink;

/**
 * One connection to a broker, from connecting to its end; a reconnect is a new link. All that the uplink knows of MQTT.
 * No method throws for the network's sake: what goes wrong arrives as {@link Listener#lost}. None blocks but
 * {@link #close}.
 */
public interface MqttLink {
    /**
     * Receive Maximum of a link: QoS 1 messages that the broker may send it before it has answered one. It subscribes
     * with QoS 0 only, so few do; and HiveMQ sets as many packet ids aside for each message that it delivers, of any QoS.
     */
    int UNANSWERED_MAX = 10;

    /** Makes links to one broker. */
    @FunctionalInterface
    interface Factory {
        MqttLink create();
    }

    /** Hears of a link's life, on a thread of the link, never inside a call; must return at once. */
    interface Listener {
        /**
         * The broker accepted the connection.
         *
         * @param receiveMaximum messages that it takes before it has acknowledged one, 1 to 65535
         */
        void connected(int receiveMaximum);

        /**
         * The broker answered a {@link #publish}.
         *
         * @param reasonCode of its PUBACK: 0 taken, 0x10 nobody listens, 0x80 and above refused
         */
        void acknowledged(long id, int reasonCode);

        /** A message of a subscription. */
        void received(String topic, byte[] payload);

        /** The link is over, or never came to be. Once at most, and nothing follows it. */
        void lost(String reason);
    }

    /** A message that the broker sends by itself when the connection dies: retained, QoS 1. */
    @SuppressWarnings("ArrayRecordComponent") // made once, compared by nobody
    record Will(String topic, byte[] payload) {}

    /** Connects with a clean session; {@link Listener#connected} or {@link Listener#lost} tells. To be called once. */
    void connect(String clientId, Will will, Listener listener);

    /** Subscribes with QoS 0; a refusal is a {@link Listener#lost}. */
    void subscribe(String filter);

    /**
     * Sends with QoS 1. The caller keeps within the Receive Maximum.
     *
     * @param id returned with the acknowledgement; the caller's own
     * @param payload not copied
     */
    void publish(long id, String topic, byte[] payload, boolean retained);

    /** Ends it: with a DISCONNECT if it is connected, so that the will is not sent. Idempotent; may take a second. */
    void close();
}
