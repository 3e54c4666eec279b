package io.millrace.agent.spool;

import io.millrace.agent.spool.Disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds the valid blocks of a segment file, one after the other, also those behind damage. Reads every byte once, in
 * order, unless there is damage. Memory: one block, at least 128 KiB. Not thread-safe.
 */
final class SegmentReader implements Closeable {
    private static final int CHUNK_BYTES = 128 * 1024;

    private final DiskFile file;
    private final SegmentHeader header;
    private byte[] chunk = new byte[CHUNK_BYTES];
    private long chunkOffset;
    private int chunkBytes;

    private long offset;
    private int length;
    private long nextOffset;
    private long skippedBytes;
    private long limit;

    SegmentReader(DiskFile file, SegmentHeader header) {
        this.file = file;
        this.header = header;
        this.nextOffset = header.bytes();
    }

    /** Goes on at this offset, which is where a block begins. */
    void seek(long newOffset) {
        nextOffset = newOffset;
        chunkBytes = 0;
    }

    /**
     * Moves to the next valid block that ends at or before {@code end}.
     *
     * @return whether there is one; if not, all up to {@code end} was looked at and {@link #nextOffset} stays
     */
    boolean next(long end) throws IOException {
        limit = end;
        for (long at = nextOffset; at + Format.BLOCK_HEADER_BYTES <= end; at++) {
            if (at > nextOffset) {
                at = nextMagic(at, end);
            }
            if (isBlock(at, end)) {
                skippedBytes = at - nextOffset;
                offset = at;
                nextOffset = at + length;
                return true;
            }
        }
        return false;
    }

    /** Offset of the first place at or after {@code at} that looks like a block; {@code end} if none does. */
    private long nextMagic(long at, long end) throws IOException {
        for (long from = at; from + Format.BLOCK_HEADER_BYTES <= end; from += CHUNK_BYTES - 4) {
            int n = load(from, (int) Math.min(CHUNK_BYTES, end - from));
            int base = (int) (from - chunkOffset);
            for (int i = base; i + 4 <= base + n; i++) {
                if (chunk[i] == 'M' && chunk[i + 1] == 'R' && chunk[i + 2] == 'B') {
                    return from + i - base;
                }
            }
        }
        return end;
    }

    private boolean isBlock(long at, long end) throws IOException {
        if (at + Format.BLOCK_HEADER_BYTES > end || load(at, Format.BLOCK_HEADER_BYTES) < Format.BLOCK_HEADER_BYTES) {
            return false;
        }
        ByteBuffer b = view(at);
        int magic = b.getInt();
        int crc = b.getInt();
        int payload = b.getInt();
        if ((magic & 0xFFFFFF00) != Format.BLOCK_MAGIC || payload < 0 || payload > Format.BLOCK_PAYLOAD_BYTES_MAX) {
            return false;
        }
        length = Format.BLOCK_HEADER_BYTES + payload;
        if (at + length > end || load(at, length) < length) {
            return false;
        }
        return crc == Format.crcOf(header.stream().epoch(), header.index(), chunk, (int) (at - chunkOffset), length);
    }

    /** Makes the bytes available in the chunk; returns how many of them the file has. */
    private int load(long at, int wanted) throws IOException {
        if (at >= chunkOffset && at + wanted <= chunkOffset + chunkBytes) {
            return wanted;
        }
        boolean goesOn = at >= chunkOffset && at < chunkOffset + chunkBytes;
        int from = goesOn ? (int) (at - chunkOffset) : 0;
        int capacity = Math.max(CHUNK_BYTES, wanted);
        byte[] into = chunk.length < capacity || chunk.length > 4 * capacity ? new byte[capacity] : chunk;
        int kept = goesOn ? Math.min(chunkBytes - from, into.length) : 0;
        System.arraycopy(chunk, from, into, 0, kept);
        chunk = into;
        chunkOffset = at;
        int more = (int) Math.min(chunk.length, limit - at) - kept;
        chunkBytes = kept + (more <= 0 ? 0 : file.read(ByteBuffer.wrap(chunk, kept, more), at + kept));
        return Math.min(wanted, chunkBytes);
    }

    private ByteBuffer view(long at) {
        int from = (int) (at - chunkOffset);
        return ByteBuffer.wrap(chunk, from, Format.BLOCK_HEADER_BYTES).slice();
    }

    private ByteBuffer block() {
        return view(offset);
    }

    /** Bytes between the block before and this one that are no block. */
    long skippedBytes() {
        return skippedBytes;
    }

    long offset() {
        return offset;
    }

    long nextOffset() {
        return nextOffset;
    }

    byte kind() {
        return block().get(3);
    }

    long first() {
        return block().getLong(12);
    }

    int count() {
        return block().getInt(20);
    }

    long last() {
        return first() + count() - 1;
    }

    long writtenMicros() {
        return block().getLong(24);
    }

    long minMicros() {
        return block().getLong(32);
    }

    long maxMicros() {
        return block().getLong(40);
    }

    /** Begins to walk over the block's entries; ends with the next {@link #next}. */
    void entries(BlockReader reader) {
        int from = (int) (offset - chunkOffset) + Format.BLOCK_HEADER_BYTES;
        reader.reset(header.stream(), chunk, from, length - Format.BLOCK_HEADER_BYTES);
    }

    /** Of a seal: whether the agent was stopped cleanly. */
    boolean isCleanSeal() {
        return kind() == Format.SEAL && chunk[(int) (offset - chunkOffset) + 48] == 1;
    }

    /** Of a seal: the segment's last sequence. */
    long sealedLast() {
        return ByteBuffer.wrap(chunk).getLong((int) (offset - chunkOffset) + 49);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
