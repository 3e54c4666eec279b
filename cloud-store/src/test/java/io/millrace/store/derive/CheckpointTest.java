package io.millrace.store.derive;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import io.millrace.model.wire.Envelope;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.Verdicts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final UUID STORE = new UUID(1, 2);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("checkpoint");
        var stream = new StreamId("plant", "gw", "telemetry", 7);
        ReadModels models = ReadModels.empty();
        models.ledger().book(stream, List.of(new Interval(1, 4)), List.of());
        models.ledger().reached(9, 10);
        models.plainIds().add(1, 2);
        var batch = EventBatch.builder();
        List<Value> values = List.of(
                new Value.Numeric(-0.0), new Value.Whole(7), new Value.Bool(true), new Value.Text("x".repeat(999)));
        for (Value value : values) {
            batch.add(new Event(new Series("pump", value.getClass().getSimpleName(), "bar"), 5, value, Quality.BAD));
        }
        EventBatch events = batch.build();
        var entry = LogEntry.batch(new Envelope(stream, 1, 4, false, 0, 0, null), 5, 5, Verdicts.NONE, new byte[0]);
        models.latest().fold(new Fresh(9, entry, events, new int[] {0, 1, 2, 3}, new byte[4], 4));
        var checkpoint = new Checkpoint(STORE, 9, models, Set.of(ProjectionTable.WINDOWS), new byte[] {3, 4});
        Checkpoint.write(file, checkpoint.encoded());
    }

    @Test
    void readsWhatWasWritten() throws IOException {
        Checkpoint read = Checkpoint.read(file, STORE).orElseThrow();
        assertThat(read.position()).isEqualTo(9);
        assertThat(read.projection()).containsExactly(3, 4);
        assertThat(read.publish()).containsExactly(ProjectionTable.WINDOWS);
        assertThat(read.models().ledger().streams(_ -> true))
                .singleElement()
                .satisfies(account -> assertThat(account.stored()).isEqualTo(4));
        assertThat(read.models().plainIds().add(1, 2)).isFalse();
        assertThat(read.models().latest().all())
                .extracting(LatestValue::value)
                .containsExactlyInAnyOrder(
                        new Value.Numeric(-0.0),
                        new Value.Whole(7),
                        new Value.Bool(true),
                        new Value.Text("x".repeat(LatestValue.TEXT_CHARS_MAX)));
    }

    @Test
    void isNotUsedForAnotherStore() throws IOException {
        assertThat(Checkpoint.read(file, new UUID(1, 3))).isEmpty();
    }

    @Test
    void isNotUsedWhenAnyByteOfItChanged() throws IOException {
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 0x40;
            Files.write(file, bad);
            assertThat(Checkpoint.read(file, STORE)).as("byte %d changed", i).isEmpty();
        }
    }

    @Test
    void isNotUsedWhenItIsCutShortOrNotThere() throws IOException {
        byte[] good = Files.readAllBytes(file);
        for (int length = 0; length < good.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(good, length));
            assertThat(Checkpoint.read(file, STORE))
                    .as("cut to %d bytes", length)
                    .isEmpty();
        }
        Files.delete(file);
        assertThat(Checkpoint.read(file, STORE)).isEmpty();
    }
}
