package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the broker promises to those who start it and to clients with a session. */
class MainTest {
    private static final String TOPIC = "millrace/v1/home/thermometer/event/temperature";
    private static final int MESSAGES = 500;

    /** Room for one message of {@link #LARGE} bytes in each of HiveMQ's 64 stores. */
    private static final long FULL_BYTES = 256 * 1024;

    private static final int LARGE = 200_000;

    @TempDir
    private Path folder;

    @Test
    void whatWasAcknowledgedForASessionSurvivesKillMinus9() throws Exception {
        try (var first = BrokerProcess.start(folder, 0)) {
            String address = first.awaitReady();
            Clients.subscribeAndLeave(address, TOPIC);
            Clients.publish(address, TOPIC, MESSAGES);
            first.kill();
        }
        try (var second = BrokerProcess.start(folder, 0)) {
            assertThat(Clients.received(second.awaitReady(), MESSAGES))
                    .containsExactlyElementsOf(IntStream.range(0, MESSAGES)
                            .mapToObj(Integer::toString)
                            .toList());
            try (var third = BrokerProcess.start(folder, 0)) {
                assertThat(third.awaitExit()).as("second broker on one folder").isEqualTo(3);
            }
            second.terminate();
            assertThat(second.awaitExit()).as("after SIGTERM").isEqualTo(0);
        }
    }

    @Test
    void whatWasAcknowledgedIsThereWhenTheDiskIsFull() throws Exception {
        int acknowledged;
        try (var full = BrokerProcess.start(folder, 0)) {
            String address = full.awaitReady();
            Clients.subscribeAndLeave(address, TOPIC);
            fillDisk(full);
            acknowledged = Clients.publishWhileItAnswers(address, TOPIC, MESSAGES, LARGE);
            assertThat(full.awaitExit()).as("after a write that failed").isEqualTo(3);
        }
        assertThat(acknowledged).isPositive().isLessThan(MESSAGES);
        try (var roomy = BrokerProcess.start(folder, 0)) {
            assertThat(Clients.received(roomy.awaitReady(), acknowledged))
                    .extracting(String::strip)
                    .containsExactlyElementsOf(IntStream.range(0, acknowledged)
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }

    private static void fillDisk(BrokerProcess broker) throws InterruptedException {
        try {
            broker.limitFiles(FULL_BYTES);
        } catch (IOException e) {
            abort("the disk of a process cannot be made to look full here: " + e.getMessage());
        }
    }

    @Test
    void endsWithItsParent() throws Exception {
        try (var broker = BrokerProcess.start(folder, 0)) {
            broker.endParent();
            assertThat(broker.awaitExit()).isEqualTo(0);
        }
    }

    @Test
    void aTakenPortIsSaidBeforeAnythingStarts() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var arguments = new Arguments(folder, taken.getLocalPort(), false);
            assertThatExceptionOfType(InUseException.class)
                    .isThrownBy(() -> Broker.start(arguments))
                    .withMessageContaining("port %d".formatted(taken.getLocalPort()));
        }
    }

    @Test
    void whatIsDroppedBehindAFullQueueIsCountedForItsReceiver() throws Exception {
        try (var broker = Broker.start(new Arguments(folder, 0, false), 100)) {
            String address = "127.0.0.1:" + broker.port();
            Clients.subscribeAndLeave(address, TOPIC);
            Clients.publish(address, TOPIC, 130);
        }
        assertThat(Files.readAllLines(folder.resolve("dropped"))) // with what other tests of this JVM dropped
                .contains("30 " + Clients.SUBSCRIBER);
    }

    @Test
    void everyMistakeInTheArgumentsIsListed() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Arguments.parse(List.of("--port", "x", "--what")))
                .withMessageContaining("--port is 'x'")
                .withMessageContaining("unknown argument --what")
                .withMessageContaining("--data is missing")
                .withMessageContaining("usage:");
    }
}
