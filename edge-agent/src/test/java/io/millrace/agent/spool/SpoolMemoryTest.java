package io.millrace.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Event;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpoolMemoryTest {
    private static final Event EVENT =
            new Event(new Series("d", "m", ""), 1, new Value.Text("x".repeat(1_000)), Quality.GOOD);
    private static final Path FILE = Path.of("a", "b");

    private static Spool open(String agent, SpoolMemory memory) throws SpoolUnavailableException {
        var lane = new LaneConfig("telemetry", new SyncPolicy.Never(), 64 << 20, 1 << 20, null, WhenFull.BLOCK);
        return Spool.inMemory(
                new SpoolConfig(Path.of(agent), "plant-1", agent, List.of(lane)), InstantSource.system(), memory);
    }

    @Test
    void readsBackWhatWasAppendedAcrossChunksAndForgetsWhatIsGone() throws Exception {
        var memory = new SpoolMemory(1 << 20);
        Disk disk = memory.disk();
        byte[] bytes = new byte[100_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        Disk.DiskFile file = disk.create(FILE);
        file.append(ByteBuffer.wrap(bytes, 0, 20_001));
        file.append(ByteBuffer.wrap(bytes, 20_001, 79_999));
        ByteBuffer read = ByteBuffer.allocate(100_000);
        assertThat(disk.open(FILE).read(read, 3)).isEqualTo(99_997);
        assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(bytes, 3, 99_997).slice());
        file.truncate(20_000);
        assertThat(file.size()).isEqualTo(20_000);
        assertThat(disk.list(Path.of("a"))).containsExactly("b");
        disk.delete(FILE);
        assertThat(memory.bytesUsed()).isZero();
    }

    @Test
    void ofWhatAFileHadThatIsGoneTheNextShowsNothing() throws Exception {
        var memory = new SpoolMemory(1 << 20);
        Disk disk = memory.disk();
        disk.create(FILE).append(ByteBuffer.wrap("what was there before".getBytes(StandardCharsets.UTF_8)));
        disk.delete(FILE);
        Disk.DiskFile next = disk.create(FILE);
        next.append(ByteBuffer.wrap(new byte[] {'n'}));
        next.append(ByteBuffer.wrap(new byte[] {'o'}));
        var read = ByteBuffer.allocate(100);
        assertThat(next.read(read, 0)).isEqualTo(2);
        assertThat(StandardCharsets.UTF_8.decode(read.flip()).toString()).isEqualTo("no");
    }

    /** One greedy agent must not end the process: it waits, and goes on when receipts have made room. */
    @Test
    void spoolsThatShareTooLittleRoomWaitUntilReceiptsMakeSome() throws Exception {
        var memory = new SpoolMemory(8 << 20);
        List<Event> events = Collections.nCopies(500, EVENT);
        try (Spool first = open("gw-1", memory);
                Spool second = open("gw-2", memory)) {
            LaneSpool lane = first.lane("telemetry");
            long appended = 0;
            while (memory.bytesUsed() < 8 << 20) {
                assertThat(lane.append(events, null)).isInstanceOf(AppendResult.Accepted.class);
                appended += events.size();
            }
            lane.maintain();
            assertThat(lane.append(events, null)).isInstanceOf(AppendResult.Full.class);
            lane.settle(lane.stream().epoch(), List.of(new Interval(1, appended)));
            assertThat(lane.awaitRoom(Duration.ofSeconds(30))).isTrue();
            assertThat(lane.append(events, null)).isInstanceOf(AppendResult.Accepted.class);
            second.lane("telemetry").maintain();
            assertThat(second.lane("telemetry").append(events, null)).isInstanceOf(AppendResult.Accepted.class);
        }
    }
}
