package io.millrace.agent.spool;

import static io.millrace.agent.spool.SpoolFixture.BOOT;
import static io.millrace.agent.spool.SpoolFixture.event;
import static io.millrace.agent.spool.SpoolFixture.events;
import static io.millrace.agent.spool.SpoolFixture.read;
import static io.millrace.agent.spool.SpoolFixture.state;
import static io.millrace.agent.spool.SpoolFixture.stateOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Event;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that are not as they were written: nothing wrong is read, what is good is, and the rest is declared. */
class SpoolDamageTest {
    private static final Path SEGMENT =
            SpoolFixture.DIRECTORY.resolve("telemetry").resolve(SegmentHeader.fileName(1));
    private static final int BLOCKS = 10;
    private static final int PER_BLOCK = 7;

    private final FaultyDisk written = new FaultyDisk(new SplittableRandom(1));
    private long epoch;
    private byte[] intact = new byte[0];

    /** One segment of ten blocks, left behind by a killed process. */
    @BeforeEach
    void write() throws Exception {
        LaneSpool lane = SpoolFixture.open(written, BOOT, 1).lane("telemetry");
        epoch = lane.stream().epoch();
        for (int i = 0; i < BLOCKS; i++) {
            lane.append(events(1 + i * PER_BLOCK, PER_BLOCK), state((i + 1) * PER_BLOCK));
            lane.flush();
        }
        intact = written.bytesOf(SEGMENT).clone();
    }

    private Spool openWith(byte[] segment) throws SpoolUnavailableException {
        return openWith(segment, BOOT);
    }

    private Spool openWith(byte[] segment, UUID boot) throws SpoolUnavailableException {
        FaultyDisk disk = written.copy();
        disk.replace(SEGMENT, segment);
        return SpoolFixture.open(disk, boot, 2);
    }

    /** All that is read is as it was written; all that is not read is declared. Returns how many were read. */
    private int checkExplained(Spool spool, String what) {
        SpoolFixture.Content content = read(spool.lane("telemetry"));
        Map<Long, Event> there = content.of(epoch);
        there.forEach((sequence, event) -> assertThat(event).as(what).isEqualTo(event(sequence)));
        var explained = new IntervalSet();
        there.keySet().forEach(sequence -> explained.add(sequence, sequence));
        explained.addAll(content.gapsOf(epoch));
        assertThat(explained.missingFrom(1, BLOCKS * PER_BLOCK)).as(what).isEmpty();
        assertThat(content.eventsByEpoch().keySet()).as(what).isSubsetOf(epoch);
        return there.size();
    }

    @Test
    void aTornTailCostsItsOwnBlockOnlyWhereverItIsTorn() throws Exception {
        int[] ends = blockEnds();
        int header = headerEnd();
        for (int length = header; length < intact.length; length++) {
            int end = length;
            int whole = (int) Arrays.stream(ends).filter(at -> at <= end).count();
            Spool spool = openWith(Arrays.copyOf(intact, length), SpoolFixture.NEXT_BOOT);
            assertThat(checkExplained(spool, "cut at " + length)).isEqualTo(whole * PER_BLOCK);
            assertThat(stateOf(spool)).isEqualTo(whole * PER_BLOCK);
        }
    }

    @Test
    void aTornTailIsCutOffAndWhatIsLeftIsVouchedFor() throws Exception {
        int whole = blockEnds()[BLOCKS - 2];
        for (int torn = 1; torn < intact.length - whole; torn++) {
            FaultyDisk disk = written.copy();
            disk.replace(SEGMENT, Arrays.copyOf(intact, whole + torn));
            SpoolFixture.open(disk, SpoolFixture.NEXT_BOOT, 2);
            assertThat(disk.bytesOf(SEGMENT))
                    .as("torn bytes: %d", torn)
                    .hasSize(whole + Format.SEAL_BYTES)
                    .startsWith(Arrays.copyOf(intact, whole));
        }
    }

    private int headerEnd() {
        return ByteBuffer.wrap(intact).getShort(6);
    }

    /** Where the data blocks end, in order. */
    private int[] blockEnds() {
        var ends = new int[BLOCKS];
        int at = headerEnd();
        for (int i = -1; i < BLOCKS; i++) { // the first block is the snapshot
            at += Format.BLOCK_HEADER_BYTES + ByteBuffer.wrap(intact).getInt(at + 8);
            if (i >= 0) {
                ends[i] = at;
            }
        }
        return ends;
    }

    @Test
    void aFlippedBitCostsItsBlockOnlyAndWhatIsBehindIsRead() throws Exception {
        for (int at = headerEnd(); at < intact.length; at++) {
            byte[] damaged = intact.clone();
            damaged[at] ^= (byte) (1 << (at % 8));
            int read = checkExplained(openWith(damaged), "bit flipped in byte " + at);
            assertThat(read).isGreaterThanOrEqualTo((BLOCKS - 1) * PER_BLOCK);
        }
    }

    @Test
    void aFlippedBitInTheHeaderCostsNothing() throws Exception {
        for (int at = 0; at < headerEnd(); at++) {
            byte[] damaged = intact.clone();
            damaged[at] ^= (byte) (1 << (at % 8));
            assertThat(checkExplained(openWith(damaged), "bit flipped in byte " + at))
                    .isEqualTo(BLOCKS * PER_BLOCK);
        }
    }

    @Test
    void aTailOfZerosIsCutOff() throws Exception {
        for (int zeros : new int[] {1, 47, 48, 4096, 3_000_000}) {
            Spool spool = openWith(Arrays.copyOf(intact, intact.length + zeros));
            assertThat(checkExplained(spool, zeros + " zeros")).isEqualTo(BLOCKS * PER_BLOCK);
        }
    }

    @Test
    void randomDamageIsNeverMoreThanALossThatIsDeclared() throws Exception {
        var random = new SplittableRandom(4);
        for (int run = 0; run < 300; run++) {
            byte[] damaged = intact.clone();
            int from = random.nextInt(headerEnd(), damaged.length);
            int to = Math.min(damaged.length, from + random.nextInt(1, 400));
            for (int i = from; i < to; i++) {
                damaged[i] = (byte) random.nextInt();
            }
            checkExplained(openWith(damaged), "run " + run);
        }
    }

    @Test
    void damageOfASealedSegmentIsFoundWhenItIsReadAndTheFileIsKeptInQuarantine() throws Exception {
        FaultyDisk disk = written.copy();
        SpoolFixture.open(disk, BOOT, 2).close(); // seals what the killed process left
        byte[] segment = disk.bytesOf(SEGMENT);
        segment[blockEnds()[3] + Format.BLOCK_HEADER_BYTES + 3] ^= 0x40;

        Spool spool = SpoolFixture.open(disk, BOOT, 3);
        LaneSpool lane = spool.lane("telemetry");
        assertThat(lane.gaps()).isEmpty();
        assertThat(checkExplained(spool, "sealed")).isEqualTo((BLOCKS - 1) * PER_BLOCK);
        var lost = new Interval(4 * PER_BLOCK + 1, 5 * PER_BLOCK);
        assertThat(lane.gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.reason()).isEqualTo(Gap.Reason.DAMAGED);
            assertThat(gap.range()).isEqualTo(lost);
        });
        lane.settle(epoch, SpoolFixture.upTo(BLOCKS * PER_BLOCK));
        lane.maintain();
        assertThat(disk.files())
                .doesNotContain(SEGMENT)
                .anyMatch(file -> file.toString().contains("quarantine"));
        assertThat(lane.isDrained()).isTrue();
    }

    @Test
    void aSegmentThatVanishedIsDeclared() throws Exception {
        FaultyDisk disk = written.copy();
        Spool second = SpoolFixture.open(disk, BOOT, 2);
        second.lane("telemetry").settle(epoch, List.of(new Interval(1, 10)));
        second.close();
        disk.delete(SEGMENT);
        SpoolFixture.Content content = read(SpoolFixture.open(disk, BOOT, 3).lane("telemetry"));
        assertThat(content.declared()).singleElement().satisfies(gap -> {
            assertThat(gap.stream().epoch()).isEqualTo(epoch);
            assertThat(gap.range()).isEqualTo(new Interval(11, BLOCKS * PER_BLOCK));
        });
    }

    @Test
    void aBlockOfAnotherSegmentIsNotTakenForOneOfThis() throws Exception {
        byte[] block = Arrays.copyOfRange(intact, blockEnds()[0], blockEnds()[1]);
        var other = new FaultyDisk(new SplittableRandom(1));
        LaneSpool lane = SpoolFixture.open(other, BOOT, 99).lane("telemetry");
        byte[] own = other.bytesOf(SEGMENT);
        byte[] forged = Arrays.copyOf(own, own.length + block.length);
        System.arraycopy(block, 0, forged, own.length, block.length);
        other.replace(SEGMENT, forged);
        assertThat(read(SpoolFixture.open(other, BOOT, 100).lane("telemetry"))
                        .of(lane.stream().epoch()))
                .isEmpty();
    }

    @Test
    void aDamagedRecordOfReceiptsOnlyMeansSendingAgain() throws Exception {
        FaultyDisk disk = written.copy();
        Spool second = SpoolFixture.open(disk, BOOT, 2);
        second.lane("telemetry").settle(epoch, List.of(new Interval(1, 30)));
        second.close();
        Path record = SpoolFixture.DIRECTORY.resolve("telemetry").resolve("settled");
        byte[] intactRecord = disk.bytesOf(record).clone();
        for (int at = 0; at < intactRecord.length; at++) {
            byte[] damaged = intactRecord.clone();
            damaged[at] ^= 1;
            FaultyDisk copy = disk.copy();
            copy.replace(record, damaged);
            Spool spool = SpoolFixture.open(copy, BOOT, 3);
            assertThat(read(spool.lane("telemetry")).of(epoch)).hasSize(BLOCKS * PER_BLOCK);
            assertThat(stateOf(spool)).isEqualTo(BLOCKS * PER_BLOCK);
        }
    }
}
