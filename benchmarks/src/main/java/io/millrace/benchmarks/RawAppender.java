package io.millrace.benchmarks;

import io.millrace.model.Event;
import io.millrace.model.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What the disk and the JVM allow: the bytes of the texts, nothing else, in one file, through a buffer of
 * {@value #BUFFER_BYTES} bytes, forced every {@link #SYNC} by another thread, as the spool does it. Can be read by nobody.
 */
final class RawAppender implements DurableAppender {
    private final FileChannel file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private CompletableFuture<Void> force = CompletableFuture.completedFuture(null);
    private long forcedAtNanos = System.nanoTime();

    RawAppender(Path folder) throws IOException {
        file = FileChannel.open(folder.resolve("raw"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void append(List<Event> events) throws IOException {
        for (Event event : events) {
            byte[] text = ((Value.Text) event.value()).text().getBytes(StandardCharsets.UTF_8);
            if (buffer.remaining() < text.length) {
                write();
            }
            buffer.put(text);
        }
        if (System.nanoTime() - forcedAtNanos >= SYNC.toNanos()) {
            force.join();
            forcedAtNanos = System.nanoTime();
            force = CompletableFuture.runAsync(this::force);
        }
    }

    private void write() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
        buffer.clear();
    }

    private void force() {
        try {
            file.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        write();
        force.join();
        file.force(false);
        file.close();
    }
}
