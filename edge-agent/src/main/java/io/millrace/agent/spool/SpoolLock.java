package io.millrace.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a second agent off a spool. The kernel releases it when the process ends, however it does. */
final class SpoolLock implements AutoCloseable {
    private static final String NAME = "lock";

    private final @Nullable FileChannel channel;

    private SpoolLock(@Nullable FileChannel channel) {
        this.channel = channel;
    }

    /** A lock on nothing, for a spool that is not on a real disk. */
    static SpoolLock none() {
        return new SpoolLock(null);
    }

    /**
     * @throws SpoolUnavailableException if another process, or this one, holds it, or the folder cannot be written
     */
    @SuppressWarnings("resource") // stays open as long as the lock is held
    static SpoolLock take(Path directory) throws SpoolUnavailableException {
        Path file = directory.resolve(NAME);
        FileChannel channel = null;
        try {
            Files.createDirectories(directory);
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock(Long.MAX_VALUE - 1, 1, false);
            if (lock == null) {
                throw inUse(directory, file);
            }
            String pid = ProcessHandle.current().pid() + "\n";
            channel.truncate(0).write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return new SpoolLock(channel);
        } catch (OverlappingFileLockException _) {
            throw inUse(directory, file);
        } catch (IOException e) {
            closeQuietly(channel);
            throw new SpoolUnavailableException(
                    "spool %s cannot be used: %s; check the folder's owner and the disk".formatted(directory, e), e);
        }
    }

    private static SpoolUnavailableException inUse(Path directory, Path file) {
        String pid;
        try {
            pid = Files.readString(file).strip();
        } catch (IOException _) {
            pid = "unknown";
        }
        return new SpoolUnavailableException(
                "spool %s is in use by process %s: stop that agent, or give this one a folder of its own"
                        .formatted(directory, pid));
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException _) {
            // closing is all that was wanted
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }
}
