package io.millrace.store.derive;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryQueueTest {
    private final EntryQueue queue = new EntryQueue();

    private static LoggedEntry entry(long position, int bytes) {
        return new LoggedEntry(position, 0, LogEntry.tick(0, 0, new byte[bytes]), null);
    }

    @Test
    void leavesOutWhatDoesNotFitAndRemembersUpToWhere() throws InterruptedException {
        for (int i = 1; i <= Derivation.QUEUE_ENTRIES_MAX + 3; i++) {
            queue.offer(List.of(entry(i, 0)));
        }
        assertThat(queue.leftOut()).isEqualTo(3);
        assertThat(queue.leftOutTo()).isEqualTo(Derivation.QUEUE_ENTRIES_MAX + 3L);
        for (long i = 1; i <= Derivation.QUEUE_ENTRIES_MAX; i++) {
            LoggedEntry next = queue.poll(0);
            assertThat(next).isNotNull();
            assertThat(next.position()).isEqualTo(i);
        }
        assertThat(queue.poll(0)).isNull();
    }

    @Test
    void countsBytesAsWellAsEntries() throws InterruptedException {
        long fit = Derivation.QUEUE_BYTES_MAX / EventLog.ENTRY_BYTES_MAX;
        for (int i = 1; i <= fit + 1; i++) {
            queue.offer(List.of(entry(i, EventLog.ENTRY_BYTES_MAX)));
        }
        assertThat(queue.leftOut()).isEqualTo(1);
        assertThat(queue.poll(0)).isNotNull();
        queue.offer(List.of(entry(fit + 2, 1)));
        assertThat(queue.leftOut()).isEqualTo(1);
    }

    @Test
    void aWakeEndsTheWait() throws InterruptedException {
        queue.wake();
        assertThat(queue.poll(Long.MAX_VALUE)).isNull();
    }
}
