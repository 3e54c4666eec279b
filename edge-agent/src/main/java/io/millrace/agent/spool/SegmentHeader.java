package io.millrace.agent.spool;

import io.millrace.model.StreamId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The head of a segment file.
 *
 * <pre>
 * "MRSP" | version u16 | length u16 | index u64 | epoch u64 | first u64 | created i64 | boot id 16 bytes
 *        | site, agent, lane: length u8, UTF-8 | crc u32          big-endian, crc = CRC-32C of all before it
 * </pre>
 *
 * @param index number of the segment in its lane, 1 or more, also its file's name
 * @param stream whose events it holds
 * @param firstSequence of the first event that it may hold
 * @param createdMicros wall clock, microseconds since 1970
 * @param bootId of the kernel that ran; two nil ones are not the same boot
 */
record SegmentHeader(long index, StreamId stream, long firstSequence, long createdMicros, UUID bootId) {
    static final int BYTES_MAX = 56 + 3 * 65 + 4;
    private static final UUID UNKNOWN_BOOT = new UUID(0, 0);
    private static final String SUFFIX = ".seg";

    static String fileName(long index) {
        return "%016d%s".formatted(index, SUFFIX);
    }

    /** The index in a segment's file name, or -1 if it is none. */
    static long indexOf(String fileName) {
        if (fileName.length() != 16 + SUFFIX.length() || !fileName.endsWith(SUFFIX)) {
            return -1;
        }
        String digits = fileName.substring(0, 16);
        return digits.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.parseLong(digits) : -1;
    }

    boolean isOfBoot(UUID boot) {
        return bootId.equals(boot) && !boot.equals(UNKNOWN_BOOT);
    }

    byte[] encode() {
        ByteBuffer b = ByteBuffer.allocate(BYTES_MAX);
        b.putInt(Format.SEGMENT_MAGIC).putShort((short) Format.VERSION).putShort((short) 0);
        b.putLong(index).putLong(stream.epoch()).putLong(firstSequence).putLong(createdMicros);
        b.putLong(bootId.getMostSignificantBits()).putLong(bootId.getLeastSignificantBits());
        Format.putName(b, stream.site());
        Format.putName(b, stream.agent());
        Format.putName(b, stream.lane());
        int length = b.position() + 4;
        b.putShort(6, (short) length).putInt(Format.crcOf(b.array(), 0, length - 4));
        return java.util.Arrays.copyOf(b.array(), length);
    }

    /** How long the encoded header is. */
    int bytes() {
        return encode().length;
    }

    /** The version of a header that is whole, 0 if it is not: magic, version, length and checksum stay as they are. */
    static int versionOf(byte[] bytes, int available) {
        ByteBuffer b = ByteBuffer.wrap(bytes, 0, available);
        if (available < 12 || b.getInt(0) != Format.SEGMENT_MAGIC) {
            return 0;
        }
        int length = b.getShort(6) & 0xFFFF;
        boolean whole =
                length >= 12 && length <= available && Format.crcOf(bytes, 0, length - 4) == b.getInt(length - 4);
        return whole ? b.getShort(4) & 0xFFFF : 0;
    }

    /** Reads a header at the start of the bytes; null if there is none that is whole and of this version. */
    static @Nullable SegmentHeader decode(byte[] bytes, int available) {
        if (versionOf(bytes, available) != Format.VERSION) {
            return null;
        }
        ByteBuffer b = ByteBuffer.wrap(bytes, 8, available - 8);
        try {
            long index = b.getLong();
            long epoch = b.getLong();
            long first = b.getLong();
            long created = b.getLong();
            var boot = new UUID(b.getLong(), b.getLong());
            String site = Format.getName(b);
            String agent = Format.getName(b);
            return new SegmentHeader(index, new StreamId(site, agent, Format.getName(b), epoch), first, created, boot);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException _) {
            return null;
        }
    }
}
