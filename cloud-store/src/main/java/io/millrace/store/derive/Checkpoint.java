package io.millrace.store.derive;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Where deriving goes on after a restart. Only a shortcut: without it, or with a damaged one, all is derived from
 * position 1 and comes to the same. docs/formats/store.md has the bytes.
 *
 * @param store whose log it belongs to
 * @param position the last one folded; its rows were committed before this was written
 * @param publish tables that a shadow has filled and that are yet to be put in the place of the present ones
 * @param projection what {@link Projection#snapshot} gave at that position
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record Checkpoint(UUID store, long position, ReadModels models, Set<ProjectionTable> publish, byte[] projection) {
    private static final int MAGIC = 0x4D524350;
    private static final int VERSION = 4;
    private static final int HEADER_BYTES = 12;

    Checkpoint published() {
        return new Checkpoint(store, position, models, Set.of(), projection);
    }

    /** What is to be in its file. */
    byte[] encoded() throws IOException {
        byte[] body = body();
        return ByteBuffer.allocate(HEADER_BYTES + body.length)
                .putInt(MAGIC)
                .putInt(VERSION)
                .putInt(crc(body))
                .put(body)
                .array();
    }

    /** Replaces the file in one step that a crash either does or does not do. */
    static void write(Path file, byte[] encoded) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeAll(channel, ByteBuffer.wrap(encoded));
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private byte[] body() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeLong(store.getMostSignificantBits());
            out.writeLong(store.getLeastSignificantBits());
            out.writeLong(position);
            models.write(out);
            out.writeInt(ProjectionTable.bits(publish));
            out.writeInt(projection.length);
            out.write(projection);
        }
        return bytes.toByteArray();
    }

    /** The checkpoint in the file, or nothing if there is none that this software and this store can use. */
    static Optional<Checkpoint> read(Path file, UUID store) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        if (bytes.remaining() < HEADER_BYTES || bytes.getInt() != MAGIC || bytes.getInt() != VERSION) {
            return Optional.empty();
        }
        int crc = bytes.getInt();
        byte[] body = new byte[bytes.remaining()];
        bytes.get(body);
        if (crc(body) != crc) {
            return Optional.empty();
        }
        try (var in = new DataInputStream(new ByteArrayInputStream(body))) {
            var owner = new UUID(in.readLong(), in.readLong());
            long position = in.readLong();
            ReadModels models = ReadModels.read(in);
            Set<ProjectionTable> publish = ProjectionTable.ofBits(in.readInt());
            byte[] projection = new byte[in.readInt()];
            in.readFully(projection);
            return owner.equals(store)
                    ? Optional.of(new Checkpoint(store, position, models, publish, projection))
                    : Optional.empty();
        }
    }

    private static int crc(byte[] body) {
        var crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }
}
