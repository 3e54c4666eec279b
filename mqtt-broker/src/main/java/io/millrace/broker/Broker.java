package io.millrace.broker;

import com.codahale.metrics.MetricRegistry;
import com.google.inject.Injector;
import com.hivemq.HiveMQServer;
import com.hivemq.configuration.ConfigurationBootstrap;
import com.hivemq.configuration.info.SystemInformationImpl;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.mqtt.handler.disconnect.MqttServerDisconnector;
import com.hivemq.mqtt.message.dropping.MessageDroppedService;
import com.hivemq.mqtt.topic.tree.LocalTopicTree;
import com.hivemq.persistence.connection.ConnectionPersistence;
import io.millrace.broker.bundle.Bundling;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** HiveMQ Community Edition, running on 127.0.0.1 in this process. */
final class Broker implements AutoCloseable {
    private final DataFolder folder;
    private final HiveMQServer hivemq;
    private final DroppedMessages dropped;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CompletableFuture<IOException> unusable = new CompletableFuture<>();
    private final int port;

    private Broker(DataFolder folder, HiveMQServer hivemq, DroppedMessages dropped, int port) {
        this.folder = folder;
        this.hivemq = hivemq;
        this.dropped = dropped;
        this.port = port;
        Thread.ofPlatform().daemon().name("watch").start(this::watch);
    }

    /**
     * Starts the broker and returns when it listens.
     *
     * @throws InUseException if the port or the data folder is taken
     * @throws IOException if the data folder cannot be used or is on a full disk, or HiveMQ does not start on it
     */
    static Broker start(Arguments arguments) throws IOException, InUseException {
        return start(arguments, BrokerLimits.QUEUED_MESSAGES_MAX);
    }

    static Broker start(Arguments arguments, int queuedMessagesMax) throws IOException, InUseException {
        DataFolder folder = DataFolder.open(arguments.data());
        try {
            folder.checkRoom();
            int port = freePort(arguments.port());
            Files.writeString(
                    folder.configuration().resolve("config.xml"), BrokerLimits.configXml(port, queuedMessagesMax));
            var dropped = new DroppedMessages(folder.dropped());
            return new Broker(folder, started(folder), dropped, port);
        } catch (IOException | InUseException e) {
            folder.close();
            throw e;
        }
    }

    /** Its server class, not the embedded one around it: that hides what {@link Bundling} needs. */
    private static HiveMQServer started(DataFolder folder) throws IOException {
        var system = new SystemInformationImpl(
                true,
                true,
                folder.configuration().toFile(),
                folder.messages().toFile(),
                folder.extensions().toFile());
        BrokerLimits.apply();
        try {
            system.init();
            var hivemq = new HiveMQServer(
                    system, new MetricRegistry(), ConfigurationBootstrap.bootstrapConfig(system), false, false);
            hivemq.bootstrap();
            Injector parts = hivemq.getInjector();
            hivemq.startInstance(EmbeddedExtension.builder()
                    .withId("millrace-bundling")
                    .withName("Millrace bundling")
                    .withVersion("1")
                    .withAuthor("Millrace")
                    .withExtensionMain(new Bundling(
                            parts.getInstance(ConnectionPersistence.class),
                            parts.getInstance(LocalTopicTree.class),
                            parts.getInstance(MessageDroppedService.class),
                            parts.getInstance(MqttServerDisconnector.class)))
                    .build());
            return hivemq;
        } catch (Exception e) {
            throw new IOException(
                    "HiveMQ does not start on %s: %s. Its messages are above this line".formatted(folder.messages(), e),
                    e);
        }
    }

    /** Taken ports are found here, where the reason can be told; HiveMQ would only say that no listener started. */
    private static int freePort(int port) throws InUseException {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new InUseException(
                    "port %d of 127.0.0.1 cannot be used: %s. Choose another --port, 0 for any free one"
                            .formatted(port, e.getMessage()));
        }
    }

    int port() {
        return port;
    }

    /** Why it should be closed, once there is a reason. */
    CompletableFuture<IOException> unusable() {
        return unusable;
    }

    private void watch() {
        try {
            while (!closing.await(DroppedMessages.DELAY_MILLIS, TimeUnit.MILLISECONDS)) {
                dropped.flush();
                checkRoom();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkRoom() {
        try {
            folder.checkRoom();
        } catch (IOException e) {
            unusable.complete(e);
        }
    }

    /** Stops accepting, flushes the queues to disk and frees the data folder. Takes about two seconds. */
    @Override
    public void close() throws IOException {
        try {
            hivemq.stop();
        } catch (RuntimeException e) {
            throw new IOException("HiveMQ did not stop cleanly: " + e, e);
        } finally {
            closing.countDown();
            dropped.flush();
            folder.close();
        }
    }
}
