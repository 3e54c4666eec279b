package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.StreamId;
import io.millrace.store.derive.LogSpan;
import io.millrace.store.derive.Output;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.WindowRow;
import io.millrace.store.log.LogEntry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stretch of the log folded on the side: the same answer as the derivation's, and nothing of it is left behind. */
class RefoldingTest {
    private static final long SECOND = 1_000_000;

    @TempDir
    Path data;

    private static final class Kept implements Output {
        final List<Object> all = new ArrayList<>();

        @Override
        public void window(WindowRow row) {
            all.add(row);
        }

        @Override
        public void transition(TransitionRow row) {
            all.add(row);
        }
    }

    @Test
    void foldsWhatTheDerivationFoldedAndWritesNothing() throws Exception {
        var derived = new Kept();
        try (var store = TestStore.open(data, new Counting(), (fresh, windows, transitions) -> {
            for (int i = 0; i < windows.size(); i++) { // in the order in which Counting concludes
                derived.window(windows.get(i));
                derived.transition(transitions.get(i));
            }
        })) {
            for (int n = 0; n < 60; n++) {
                LogEntry batch = Sent.batch(Sent.STREAM, n * 20 + 1, n * 20 + 20);
                store.append(n % 7 == 0 ? new LogEntry[] {batch, batch} : new LogEntry[] {batch});
            }
            store.settle();
            List<String> before = store.dump("events", "windows", "alert_transitions");

            LogSpan all = store.store().span(Sent.NOON, Sent.NOON + 3_600 * SECOND);
            assertThat(all).isEqualTo(new LogSpan(1, store.store().log().head(), 69 * 20));
            var kept = new Kept();
            assertThat(store.store().refolding().run(all, new Counting(), kept, () -> true))
                    .isTrue();
            assertThat(kept.all).hasSize(24).isEqualTo(derived.all);
            assertThat(store.dump("events", "windows", "alert_transitions")).isEqualTo(before);
            assertThat(store.audit().ok()).isTrue();
        }
    }

    @Test
    void findsWhatHoldsATimeAndStopsWhenToldTo() throws Exception {
        try (var store = TestStore.open(data)) {
            for (int n = 0; n < 10; n++) {
                store.append(Sent.batch(Sent.STREAM, n * 10 + 1, n * 10 + 10));
            }
            store.append(Sent.batch(new StreamId("plant", "late", "telemetry", 9), 35, 36));
            store.settle();
            // 30 s to 40 s after noon: event n is n seconds after it
            LogSpan span = store.store().span(Sent.NOON + 35 * SECOND, Sent.NOON + 36 * SECOND);
            assertThat(span.first()).isEqualTo(4);
            assertThat(span.last()).isEqualTo(11);
            assertThat(span.events()).isEqualTo(72);
            assertThat(store.store().span(0, SECOND)).isEqualTo(LogSpan.EMPTY);

            var left = new AtomicInteger(3);
            var counting = new Counting();
            assertThat(store.store().refolding().run(span, counting, new Kept(), () -> left.getAndDecrement() > 0))
                    .isFalse();
            assertThat(ByteBuffer.wrap(counting.snapshot()).getLong(Long.BYTES)).isEqualTo(30);
        }
    }
}
