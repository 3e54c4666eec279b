package io.millrace.agent.input;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A file that others write, rotate and truncate. Knows whether its path still leads to it. */
final class CsvFile implements AutoCloseable {
    private static final int HEAD_BYTES_MAX = 1024;

    private final Path path;
    private final FileChannel channel;
    private final @Nullable Object key;
    private CsvProgress.Head head = CsvProgress.START.head();

    private CsvFile(Path path, FileChannel channel, @Nullable Object key) {
        this.path = path;
        this.channel = channel;
        this.key = key;
    }

    /**
     * @throws NoSuchFileException if it is not there
     * @throws IOException if it cannot be read
     */
    static CsvFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                throw new IOException("is a folder");
            }
            return new CsvFile(path, channel, attributes.fileKey());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    CsvRows rows(char delimiter, long offset, long line) {
        return new CsvRows(channel, delimiter, offset, line);
    }

    long size() throws IOException {
        return channel.size();
    }

    /** Whether the file begins as it did when {@code before} was taken of it. */
    boolean beginsWith(CsvProgress.Head before) throws IOException {
        return head(before.length()).equals(before);
    }

    /** The proof of being this file, over at most the first {@code bytes}; read once it is complete. */
    CsvProgress.Head headUpTo(long bytes) throws IOException {
        int length = (int) Math.min(bytes, HEAD_BYTES_MAX);
        if (head.length() != length) {
            head = head(length);
        }
        return head;
    }

    private CsvProgress.Head head(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {}
        var crc = new CRC32C();
        crc.update(bytes.flip());
        return new CsvProgress.Head(bytes.limit(), (int) crc.getValue());
    }

    /** Whether another file took this one's path; false while nothing is there. */
    boolean isRotated() throws IOException {
        try {
            return !Objects.equals(
                    Files.readAttributes(path, BasicFileAttributes.class).fileKey(), key);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Whether it was cut or written anew below what was read of it. */
    boolean isTruncated(long offset, CsvProgress.Head before) throws IOException {
        return channel.size() < offset || !beginsWith(before);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
