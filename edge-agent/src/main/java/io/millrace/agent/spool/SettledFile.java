package io.millrace.agent.spool;

import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What receipts have settled, replaced as a whole in one step. Without it nothing is lost: what is still in the spool is
 * sent again.
 *
 * <pre>
 * "MRST" | version u16 | epochs u16 | { epoch u64 | produced u64 | intervals u32 | { first u64 | last u64 }* }* | crc u32
 * </pre>
 */
final class SettledFile {
    private static final Logger log = LoggerFactory.getLogger(SettledFile.class);
    private static final String NAME = "settled";
    private static final int BYTES_MAX = 16 * 1024 * 1024;

    private final Disk disk;
    private final Path directory;

    SettledFile(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    static byte[] encode(Collection<Epoch> epochs) {
        int intervals =
                epochs.stream().mapToInt(e -> e.settled().intervalCount()).sum();
        ByteBuffer b = ByteBuffer.allocate(8 + epochs.size() * 20 + intervals * 16 + 4);
        b.putInt(Format.SETTLED_MAGIC).putShort((short) Format.VERSION).putShort((short) epochs.size());
        for (Epoch epoch : epochs) {
            b.putLong(epoch.id())
                    .putLong(epoch.produced())
                    .putInt(epoch.settled().intervalCount());
            for (Interval i : epoch.settled()) {
                b.putLong(i.first()).putLong(i.last());
            }
        }
        b.putInt(Format.crcOf(b.array(), 0, b.position()));
        return b.array();
    }

    /** Replaces the file; it survives a power cut when this returns. */
    void write(byte[] encoded) throws IOException {
        Path next = directory.resolve(NAME + ".new");
        if (disk.list(directory).contains(NAME + ".new")) {
            disk.delete(next);
        }
        try (Disk.DiskFile file = disk.create(next)) {
            file.append(ByteBuffer.wrap(encoded));
            file.force();
        }
        disk.rename(next, directory.resolve(NAME));
        disk.forceDirectory(directory);
    }

    /** The epochs it knows, none if it is not there or damaged. */
    List<Epoch> read() throws IOException {
        if (!disk.list(directory).contains(NAME)) {
            return List.of();
        }
        try (Disk.DiskFile file = disk.open(directory.resolve(NAME))) {
            byte[] bytes = new byte[(int) Math.min(file.size(), BYTES_MAX)];
            file.read(ByteBuffer.wrap(bytes), 0);
            return decode(bytes);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            log.warn(
                    "Spool's record of receipts is damaged, what is still there is sent again: file={} cause={}",
                    directory.resolve(NAME),
                    e.toString());
            return List.of();
        }
    }

    private static List<Epoch> decode(byte[] bytes) {
        ByteBuffer b = ByteBuffer.wrap(bytes);
        int end = bytes.length - 4;
        if (b.getInt() != Format.SETTLED_MAGIC
                || b.getShort() != Format.VERSION
                || b.getInt(end) != Format.crcOf(bytes, 0, end)) {
            throw new IllegalArgumentException("magic, version or checksum is wrong");
        }
        var epochs = new ArrayList<Epoch>();
        for (int n = b.getShort() & 0xFFFF; n > 0; n--) {
            long id = b.getLong();
            long produced = b.getLong();
            var settled = new IntervalSet();
            for (int k = b.getInt(); k > 0; k--) {
                settled.add(new Interval(b.getLong(), b.getLong()));
            }
            epochs.add(new Epoch(id, produced, settled));
        }
        return epochs;
    }
}
