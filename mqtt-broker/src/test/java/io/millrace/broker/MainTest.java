package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the broker promises to those who start it and to clients with a session. */
class MainTest {
    private static final String TOPIC = "millrace/v1/home/thermometer/event/temperature";
    private static final int MESSAGES = 500;

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
        assertThat(folder.resolve("dropped")).hasContent("30 " + Clients.SUBSCRIBER);
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
