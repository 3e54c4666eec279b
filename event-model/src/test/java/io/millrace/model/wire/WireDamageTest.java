package io.millrace.model.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.model.EventBatch;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes: a typed answer, never an exception, a wrong event, or memory without bound. */
class WireDamageTest {
    private static final int MUTATIONS_PER_SEED = 10_000;
    private static final long BYTES_PER_DECODE_MAX = 16 * 1024 * 1024;

    private final WireEncoder encoder = new WireEncoder();
    private final WireDecoder decoder = new WireDecoder();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyTruncationIsUndecodable(long seed) {
        byte[] message = smallMessage(new RandomBatches(seed));
        for (int length = 0; length < message.length; length++) {
            assertUndecodable(Arrays.copyOf(message, length), "cut to %d bytes".formatted(length));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everySingleBitFlipIsUndecodable(long seed) {
        byte[] message = smallMessage(new RandomBatches(seed));
        for (int bit = 0; bit < message.length * Byte.SIZE; bit++) {
            message[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertUndecodable(message, "bit %d flipped".formatted(bit));
            message[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        }
    }

    private void assertUndecodable(byte[] message, String damage) {
        assertThat(decoder.decode(message))
                .describedAs(damage)
                .isInstanceOfSatisfying(
                        Decoded.Undecodable.class,
                        undecodable -> assertThat(undecodable.envelope()).isNull());
    }

    /** Lies with a right checksum: the answer may be anything typed, at a bounded price. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void liesCostNoMoreThanTheTruth(long seed) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var random = new SplittableRandom(seed);
        var batches = new RandomBatches(seed);
        byte[] message = smallMessage(batches);
        for (int i = 0; i < MUTATIONS_PER_SEED; i++) {
            if (i % 500 == 0) {
                message = smallMessage(batches);
            }
            byte[] lie = mutated(message, random);
            long before = threads.getCurrentThreadAllocatedBytes();
            Decoded decoded = decoder.decode(lie);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;

            assertThat(allocated).describedAs("bytes allocated").isLessThan(BYTES_PER_DECODE_MAX);
            if (decoded instanceof Decoded.Events(Envelope envelope, EventBatch events)) {
                assertThat(events.size()).isEqualTo(envelope.count());
            }
        }
    }

    private byte[] smallMessage(RandomBatches batches) {
        for (int i = 0; i < 1000; i++) {
            EventBatch batch = batches.batch();
            byte[] message = encoder.encode(batches.envelopeOf(batch), batch);
            if (batch.size() > 0 && message.length < 1500) {
                return message;
            }
        }
        throw new AssertionError("no small batch among a thousand");
    }

    private static byte[] mutated(byte[] message, SplittableRandom random) {
        byte[] lie = message.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(lie.length);
            switch (random.nextInt(4)) {
                case 0 -> lie[at] = (byte) random.nextInt();
                case 1 -> lie[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                case 2 -> Arrays.fill(lie, at, Math.min(lie.length, at + 9), (byte) 0xFF);
                default -> lie = Arrays.copyOf(lie, Math.max(WireEncoder.CRC_BYTES, at));
            }
            if (lie.length < 8) {
                break;
            }
        }
        return Messages.sealed(lie);
    }

    @Test
    void twoBillionEventsAreRefusedAtOnce() {
        byte[] bomb = Messages.events(2_000_000_000, out -> {});

        assertThat(decoder.decode(bomb))
                .isEqualTo(new Decoded.Undecodable(
                        Messages.envelope(2_000_000_000), "envelope claims 2000000000 events, expected at most 10000"));
    }

    @Test
    void aFrameThatUnpacksToMoreThanAPayloadIsRefusedUnread() {
        byte[] bomb = Messages.zstd(1, out -> out.bytes(new byte[8 << 20], 0, 8 << 20));

        assertLieIsSeen(bomb, "zstd frame at byte", "8388608 bytes, expected 0 to 1048576");
    }

    @Test
    void oneLongTextCannotStandForThousandsOfEvents() {
        int count = 10_000;
        byte[] bomb = Messages.events(count, out -> {
            writeOneSeries(out, count, 4);
            out.varint(1);
            writeConstant(out, 60_000);
            out.bytes(new byte[60_000], 0, 60_000);
            writeConstant(out, 0);
        });

        assertLieIsSeen(bomb, "texts are more than 1048576 characters together");
    }

    @Test
    void namesAreCheckedAsEverywhere() {
        assertLieIsSeen(
                Messages.events(1, out -> {
                    writeNames(out, "pump#1", "m", "");
                    writeSeries(out);
                }),
                "device holds U+0023");
    }

    @Test
    void aMessageThatIsNoneOfOursIsToldFromADamagedOne() {
        byte[] other = Messages.sealed("{\"value\": 21.5}....".getBytes(StandardCharsets.UTF_8));

        assertThat(decoder.decode(other))
                .isEqualTo(new Decoded.Undecodable(
                        null,
                        "the first two bytes are not 'MR', this is no message of ours, at byte 1 of the message"));
    }

    @Test
    void aNewerPayloadIsUnsupportedAndKeepsItsEnvelope() {
        byte[] message = Messages.events(3, out -> out.u64(42));
        message[3] = 2;

        assertThat(decoder.decode(Messages.sealed(message)))
                .isEqualTo(new Decoded.Unsupported(Messages.envelope(3), 2));
    }

    @Test
    void fieldsAddedToTheEnvelopeAreSkipped() {
        var batch = new RandomBatches(1).batch();
        byte[] message = encoder.encode(Messages.envelope(batch.size()), batch);
        int payloadOffset = message[5];
        byte[] extended = new byte[message.length + 3];
        System.arraycopy(message, 0, extended, 0, payloadOffset);
        System.arraycopy(message, payloadOffset, extended, payloadOffset + 3, message.length - payloadOffset);
        extended[5] = (byte) (payloadOffset + 3);

        assertThat(decoder.decode(Messages.sealed(extended)))
                .isEqualTo(new Decoded.Events(Messages.envelope(batch.size()), batch));
    }

    private void assertLieIsSeen(byte[] message, String... saying) {
        assertThat(decoder.decode(message)).isInstanceOfSatisfying(Decoded.Undecodable.class, undecodable -> {
            assertThat(undecodable.envelope()).isNotNull();
            assertThat(undecodable.reason()).contains(saying);
        });
    }

    private static void writeOneSeries(ByteWriter out, int count, int type) {
        writeNames(out, "d", "m", "");
        writeSeries(out);
        writeConstant(out, 0);
        out.varint(1);
        writeConstant(out, count);
        writeConstant(out, 0);
        writeConstant(out, 0);
        writeConstant(out, type);
    }

    private static void writeNames(ByteWriter out, String... names) {
        for (String name : names) {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            out.varint(1);
            out.varint(utf8.length);
            out.bytes(utf8, 0, utf8.length);
        }
    }

    private static void writeSeries(ByteWriter out) {
        out.varint(1);
        for (int part = 0; part < 3; part++) {
            writeConstant(out, 0);
        }
    }

    private static void writeConstant(ByteWriter out, long value) {
        out.u8(0);
        out.zigzag(value);
    }
}
