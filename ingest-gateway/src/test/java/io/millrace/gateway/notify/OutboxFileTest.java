package io.millrace.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.notify.OutboxFile.Kept;
import io.millrace.projections.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxFileTest {
    private static final Tracked ALERT = new Tracked(
            "id", "hot", "plant", "gw", "pump", "t", Severity.MAJOR, 81.5, null, "d", 7, 1, 0, true, Severity.MINOR);
    private static final Kept KEPT = new Kept(
            42,
            List.of(new Group.State(
                    "hook",
                    "all",
                    Map.of("site", "plänt"),
                    1,
                    2,
                    3,
                    List.of(ALERT),
                    Delivery.of(Notification.test("n", "hook", Instant.EPOCH), 5)
                            .failed(9, "away"))));

    @TempDir
    private Path folder;

    @Test
    void givesBackWhatWasWrittenLast() throws Exception {
        var file = new OutboxFile(folder.resolve("notify/outbox"));
        assertThat(file.read()).isEmpty();
        file.write(new Kept(1, List.of()));
        file.write(KEPT);
        assertThat(file.read()).contains(KEPT);
        assertThat(file.delete()).isTrue();
        assertThat(file.read()).isEmpty();
    }

    @Test
    void aWriteThatWasCutOffChangesNothing() throws Exception {
        var file = new OutboxFile(folder.resolve("outbox"));
        file.write(KEPT);
        byte[] whole = Files.readAllBytes(folder.resolve("outbox"));
        Files.write(folder.resolve("outbox.new"), java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThat(file.read()).contains(KEPT);
        file.write(new Kept(43, List.of()));
        assertThat(file.read()).contains(new Kept(43, List.of()));
    }

    @Test
    void setsADamagedFileAside() throws Exception {
        Path path = folder.resolve("outbox");
        var file = new OutboxFile(path);
        file.write(KEPT);
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length / 2] ^= 1;
        Files.write(path, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(file.read()).isEmpty();
        assertThat(path).doesNotExist();
        assertThat(folder.resolve("outbox.damaged")).hasBinaryContent(bytes);
    }
}
