package io.millrace.cli.up;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a child prints, in {@code NAME.log}; older parts in {@code NAME.log.1} and so on. Not thread-safe: the thread
 * that follows the child owns it. A disk that is full costs lines of the log and never blocks the child.
 */
final class LogFile {
    static final long BYTES_MAX = 10L * 1024 * 1024;

    /** Files kept, the current one included. */
    static final int FILES_MAX = 4;

    private static final int TAIL_BYTES_MAX = 2_000;

    private final Path file;
    private final long bytesMax;
    private @Nullable OutputStream out;
    private long bytes;
    private boolean atLineEnd = true;
    private long bytesLost;

    LogFile(Path file) {
        this(file, BYTES_MAX);
    }

    LogFile(Path file, long bytesMax) {
        this.file = file;
        this.bytesMax = bytesMax;
        this.bytes = file.toFile().length();
    }

    Path path() {
        return file;
    }

    /** Bytes that were written to it, by earlier writers too. */
    long size() {
        return bytes;
    }

    /**
     * The last lines of a log, for a message about its writer; at most {@value #TAIL_BYTES_MAX} bytes.
     *
     * @param from where the writer began, unless the log was rotated since
     */
    static String tail(Path file, long from) {
        try (var channel = FileChannel.open(file)) {
            long start = Math.max(from <= channel.size() ? from : 0, channel.size() - TAIL_BYTES_MAX);
            ByteBuffer bytes = ByteBuffer.allocate(TAIL_BYTES_MAX);
            channel.read(bytes, start);
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "(it cannot be read: %s)".formatted(e);
        }
    }

    /** Copies until the stream ends, which for a child's output is the child's end. */
    void follow(InputStream in) {
        byte[] buffer = new byte[8 * 1024];
        try (in) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                append(buffer, read);
            }
        } catch (IOException e) {
            // The pipe broke with its writer: that is its end too.
        } finally {
            close();
        }
    }

    /** Bytes that could not be written, because the disk was full for example. */
    long bytesLost() {
        return bytesLost;
    }

    /** A stream that writes to this file and to another stream; it has no errors of its own. */
    OutputStream tee(OutputStream other) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                other.write(bytes, offset, length);
                append(Arrays.copyOfRange(bytes, offset, offset + length), length);
            }

            @Override
            public void flush() throws IOException {
                other.flush();
            }
        };
    }

    private void append(byte[] buffer, int length) {
        if (length == 0) {
            return;
        }
        try {
            if (bytes >= (atLineEnd ? bytesMax : 2 * bytesMax)) {
                rotate();
            }
            open().write(buffer, 0, length);
            bytes += length;
            atLineEnd = buffer[length - 1] == '\n';
        } catch (IOException e) {
            bytesLost += length;
            close();
        }
    }

    private OutputStream open() throws IOException {
        OutputStream open = out;
        if (open == null) {
            open = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            out = open;
        }
        return open;
    }

    private void rotate() throws IOException {
        close();
        bytes = 0;
        for (int i = FILES_MAX - 1; i > 0; i--) {
            Path older = numbered(i - 1);
            if (Files.exists(older)) {
                Files.move(older, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path numbered(int i) {
        return i == 0 ? file : file.resolveSibling(file.getFileName() + "." + i);
    }

    private void close() {
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException e) {
            // Nothing is buffered here, so nothing is lost by it.
        }
        out = null;
    }
}
