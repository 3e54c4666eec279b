package io.millrace.agent.spool;

import io.millrace.model.Gap;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The constants of the spool's files; {@code docs/formats/spool.md} gives every byte.
 *
 * <pre>
 * segment := header block* [seal]
 * block   := "MRB" kind u8 | crc u32 | length u32 | first u64 | count u32 | written i64 | min i64 | max i64 | entry*
 * seal    := a block of kind E with flags u8 | last u64, written once all before it is on disk
 * </pre>
 */
final class Format {
    static final int VERSION = 1;
    static final int SEGMENT_MAGIC = 0x4D525350; // "MRSP"
    static final int SETTLED_MAGIC = 0x4D525354; // "MRST"
    static final int BLOCK_MAGIC = 0x4D524200; // "MRB" and a kind

    static final byte DATA = 'D';
    static final byte SNAPSHOT = 'S';
    static final byte SEAL = 'E';

    static final int BLOCK_HEADER_BYTES = 48;
    static final int SEAL_BYTES = BLOCK_HEADER_BYTES + 9;

    /** Largest payload of a block: what is collected before a write, one append, and the declarations with it. */
    static final int BLOCK_PAYLOAD_BYTES_MAX = 2 * 1024 * 1024;

    static final int TAG_KIND = 0x0F;
    static final int TAG_REFUSED = 5;
    static final int TAG_GAP = 6;
    static final int TAG_STATE = 7;
    static final int TAG_SERIES = 8;
    static final int TAG_QUALITY_SHIFT = 4;
    static final int TAG_TRUE = 0x40;

    private static final Gap.Reason[] REASONS = {
        Gap.Reason.DISK_FULL,
        Gap.Reason.EXPIRED,
        Gap.Reason.REFUSED,
        Gap.Reason.UNSYNCED_LOSS,
        Gap.Reason.DAMAGED,
        Gap.Reason.CLOSED
    };

    private Format() {}

    /** 1 to 6; does not follow the order of the enum, which may change. */
    static int codeOf(Gap.Reason reason) {
        for (int i = 0; i < REASONS.length; i++) {
            if (REASONS[i] == reason) {
                return i + 1;
            }
        }
        throw new IllegalStateException("reason %s has no code in the spool's format".formatted(reason));
    }

    /**
     * @throws IllegalArgumentException if no reason has that code
     */
    static Gap.Reason reasonOf(int code) {
        if (code < 1 || code > REASONS.length) {
            throw new IllegalArgumentException("reason code is %d, expected 1 to %d".formatted(code, REASONS.length));
        }
        return REASONS[code - 1];
    }

    /**
     * The checksum of a block: over epoch and index of its segment, then the block without the checksum itself. Epoch
     * and index keep a copy of a block that stands inside another's text from passing as one.
     */
    static int crcOf(long epoch, long index, byte[] bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.allocate(16).putLong(epoch).putLong(index).array(), 0, 16);
        crc.update(bytes, from, 4);
        crc.update(bytes, from + 8, length - 8);
        return (int) crc.getValue();
    }

    static int crcOf(byte[] bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    static long zigzag(long n) {
        return (n << 1) ^ (n >> 63);
    }

    static long unzigzag(long n) {
        return (n >>> 1) ^ -(n & 1);
    }

    /** A name with its length in one byte before it. */
    static void putName(ByteBuffer into, String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        into.put((byte) utf8.length).put(utf8);
    }

    static String getName(ByteBuffer from) {
        byte[] utf8 = new byte[from.get() & 0xFF];
        from.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
