package io.millrace.broker;

import com.hivemq.configuration.service.InternalConfigurations;

/** Every limit of the broker, each set on purpose. What stands here is what HiveMQ is started with. */
final class BrokerLimits {
    /**
     * Messages kept for one persistent session, at most. In practice that is the gateway's session for plain devices,
     * which have no spool of their own: a million readings bridge an outage of the gateway of some minutes at 1 000
     * readings/s. Beyond it HiveMQ drops and still acknowledges, so the drops are counted ({@link DroppedMessages}).
     */
    static final int QUEUED_MESSAGES_MAX = 1_000_000;

    /** Unacknowledged QoS 1 messages that one client may have on the way in. HiveMQ's own 10 would throttle agents. */
    static final int RECEIVE_MAXIMUM = 1_000;

    /**
     * Unacknowledged messages on the way out to one client. HiveMQ sends the next batch only when none is in flight,
     * so this over the gateway's commit time is the throughput; the gateway's buffer is twice as large.
     */
    static final int IN_FLIGHT_OUT_MAX = 1_000;

    /**
     * Packet ids set aside at least for each look into a client's queue, of which every message delivered brings about
     * two, and given back unless they are needed. HiveMQ's 50 are too many for agents, which get single receipts of QoS
     * 0; a client with a larger Receive Maximum has that many set aside, up to {@link #IN_FLIGHT_OUT_MAX}.
     */
    static final int POLLED_MIN = 10;

    /**
     * Largest packet, in bytes: six times the largest batch, so that what a plain device gets wrong by a megabyte still
     * comes to the dead letters; less than the gateway takes, where a larger one would loop.
     */
    static final int PACKET_BYTES_MAX = 1536 * 1024;

    /** A session that nobody resumed for a week is forgotten, with its queue. */
    static final long SESSION_EXPIRY_SECONDS_MAX = 7L * 24 * 3600;

    /** A queued message may wait as long as its session. */
    static final long MESSAGE_EXPIRY_SECONDS_MAX = SESSION_EXPIRY_SECONDS_MAX;

    /** A client that promises less than one sign of life in ten minutes is told to promise more. */
    static final int KEEP_ALIVE_SECONDS_MAX = 600;

    /** Aliases per client: an agent publishes to one topic per lane and one for its status. */
    static final int TOPIC_ALIASES_MAX = 16;

    /** Each is an open file, as are about 1 250 of HiveMQ's own; 20 000 is what a process gets on many machines. */
    static final int CONNECTIONS_MAX = 18_000;

    /**
     * Room that the disk must have left; with less the broker ends, while it can still do so cleanly. HiveMQ's stores
     * write ahead some 10 MB at a time.
     */
    static final long FREE_DISK_BYTES_MIN = 128L << 20;

    /**
     * Threads for queues and for extensions. Gateway and store share the machine, and a message passes from one kind to
     * another several times; with HiveMQ's own numbers, up to twice the processors for each, most threads wake up for one
     * message and then wait for a processor. Connections keep their own number: with one thread for all of them, what a
     * thousand devices send holds up what is on its way to the gateway.
     */
    static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    static final int CLIENT_ID_BYTES_MAX = 256;
    static final int TOPIC_BYTES_MAX = 512;

    /** A connection that does not say CONNECT within this time is closed. */
    static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    /** RocksDB would take 1/32 of the machine's memory for writes and 1/64 for reads; 1/512 of 16 GB is 32 MB. */
    private static final int MEMORY_PORTION = 512;

    /** How long HiveMQ waits for stragglers when it stops. The queues are on disk by then. */
    private static final int STOP_GRACE_MILLIS = 500;

    private BrokerLimits() {}

    /** Sets what HiveMQ does not read from a file. Before the start only. */
    static void apply() {
        InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(false); // loopback only
        InternalConfigurations.MAX_INFLIGHT_WINDOW_SIZE_MESSAGES = IN_FLIGHT_OUT_MAX;
        InternalConfigurations.PUBLISH_POLL_BATCH_SIZE = POLLED_MIN;
        InternalConfigurations.SINGLE_WRITER_THREAD_POOL_SIZE.set(THREADS);
        InternalConfigurations.EXTENSION_TASK_QUEUE_EXECUTOR_THREADS_COUNT.set(THREADS);
        InternalConfigurations.PAYLOAD_PERSISTENCE_MEMTABLE_SIZE_PORTION.set(MEMORY_PORTION);
        InternalConfigurations.PAYLOAD_PERSISTENCE_BLOCK_CACHE_SIZE_PORTION.set(MEMORY_PORTION);
        InternalConfigurations.PERSISTENCE_SHUTDOWN_GRACE_PERIOD_MSEC.set(STOP_GRACE_MILLIS);
    }

    /** HiveMQ's configuration file for this port and these limits; only tests set another queue size. */
    static String configXml(int port, int queuedMessagesMax) {
        return """
                <?xml version="1.0"?>
                <!-- Written at every start. The limits and their reasons are in BrokerLimits.java. -->
                <hivemq>
                    <listeners>
                        <tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener>
                    </listeners>
                    <mqtt>
                        <queued-messages>
                            <max-queue-size>%d</max-queue-size><strategy>discard</strategy>
                        </queued-messages>
                        <receive-maximum><server-receive-maximum>%d</server-receive-maximum></receive-maximum>
                        <packets><max-packet-size>%d</max-packet-size></packets>
                        <session-expiry><max-interval>%d</max-interval></session-expiry>
                        <message-expiry><max-interval>%d</max-interval></message-expiry>
                        <keep-alive>
                            <max-keep-alive>%d</max-keep-alive><allow-unlimited>false</allow-unlimited>
                        </keep-alive>
                        <topic-alias><enabled>true</enabled><max-per-client>%d</max-per-client></topic-alias>
                    </mqtt>
                    <restrictions>
                        <max-connections>%d</max-connections>
                        <max-client-id-length>%d</max-client-id-length>
                        <max-topic-length>%d</max-topic-length>
                        <no-connect-idle-timeout>%d</no-connect-idle-timeout>
                    </restrictions>
                    <persistence><mode>file</mode></persistence>
                    <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
                </hivemq>
                """.formatted(
                        port,
                        queuedMessagesMax,
                        RECEIVE_MAXIMUM,
                        PACKET_BYTES_MAX,
                        SESSION_EXPIRY_SECONDS_MAX,
                        MESSAGE_EXPIRY_SECONDS_MAX,
                        KEEP_ALIVE_SECONDS_MAX,
                        TOPIC_ALIASES_MAX,
                        CONNECTIONS_MAX,
                        CLIENT_ID_BYTES_MAX,
                        TOPIC_BYTES_MAX,
                        CONNECT_TIMEOUT_MILLIS);
    }
}
