package io.millrace.gateway.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InboxTest {
    private final Inbox inbox = new Inbox();

    @Test
    void givesMessagesInTheOrderOfArrival() throws InterruptedException {
        assertThat(inbox.put(message("a", 1))).isCompleted();
        assertThat(inbox.put(message("b", 1))).isCompleted();
        assertThat(topics(inbox.take(Duration.ZERO, 10, 1_000))).containsExactly("a", "b");
        assertThat(inbox.take(Duration.ZERO, 10, 1_000)).isEmpty();
        assertThat(inbox.bytes()).isZero();
    }

    @Test
    void tellsTheSenderToWaitWhenTooManyMessagesAreThereAndNeverDropsOne() throws InterruptedException {
        for (int i = 0; i < Inbox.MESSAGES_MAX; i++) {
            assertThat(inbox.put(message("m", 0))).isCompleted();
        }
        CompletableFuture<Void> waits = inbox.put(message("waits", 0));
        assertThat(waits).isNotDone();
        assertThat(inbox.take(Duration.ZERO, 1, 1_000)).hasSize(1);
        assertThat(waits).isCompleted();
        assertThat(topics(inbox.take(Duration.ZERO, Inbox.MESSAGES_MAX + 1, 1 << 20)))
                .hasSize(Inbox.MESSAGES_MAX)
                .endsWith("waits");
    }

    @Test
    void tellsTheSenderToWaitWhenTooManyBytesAreThere() throws InterruptedException {
        assertThat(inbox.put(message("big", (int) Inbox.BYTES_MAX))).isCompleted();
        CompletableFuture<Void> waits = inbox.put(message("small", 1));
        assertThat(waits).isNotDone();
        assertThat(topics(inbox.take(Duration.ZERO, 10, 1))).containsExactly("big");
        assertThat(waits).isCompleted();
    }

    private static List<String> topics(List<Incoming> messages) {
        return messages.stream().map(m -> ((Inbound) m).topic()).toList();
    }

    private static Inbound message(String topic, int bytes) {
        return new Inbound(topic, new byte[bytes], 0, () -> {});
    }
}
