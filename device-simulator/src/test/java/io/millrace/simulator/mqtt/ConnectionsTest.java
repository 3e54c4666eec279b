package io.millrace.simulator.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    @Test
    void whatComesAgainComesAgainAfterADefectToo() throws Exception {
        try (var connections = new Connections(new Broker("127.0.0.1", 1), Access.FREE)) {
            var rounds = new CountDownLatch(3);
            connections.loops().getFirst().every(1, () -> {
                rounds.countDown();
                throw new IllegalStateException("a defect");
            });
            assertThat(rounds.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
