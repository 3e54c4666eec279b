package io.millrace.broker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The broker's folder, held by one process at a time. The lock ends with the process, however that ends. */
final class DataFolder implements AutoCloseable {
    private final Path path;
    private final FileLock lock;

    private DataFolder(Path path, FileLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes the folder if need be and takes its lock.
     *
     * @throws InUseException if another process holds it
     * @throws IOException if it cannot be made or written
     */
    static DataFolder open(Path path) throws IOException, InUseException {
        for (String folder : new String[] {"conf", "data", "extensions"}) {
            Files.createDirectories(path.resolve(folder));
        }
        FileChannel channel =
                FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new InUseException(
                    "data folder %s is in use by another broker, which holds its lock. Stop that one".formatted(path)
                            + " or choose another --data");
        }
        return new DataFolder(path, lock);
    }

    /**
     * @throws IOException if the disk has less room left than {@link BrokerLimits#FREE_DISK_BYTES_MIN}
     */
    void checkRoom() throws IOException {
        long free = Files.getFileStore(path).getUsableSpace();
        if (free < BrokerLimits.FREE_DISK_BYTES_MIN) {
            throw new IOException(
                    ("the disk of %s has %d MiB left, less than %d: what is published could not be kept. Make room; until"
                                    + " then agents keep their events, and other devices are refused")
                            .formatted(path, free >> 20, BrokerLimits.FREE_DISK_BYTES_MIN >> 20));
        }
    }

    Path configuration() {
        return path.resolve("conf");
    }

    Path messages() {
        return path.resolve("data");
    }

    Path extensions() {
        return path.resolve("extensions");
    }

    /** Counts of dropped messages, for the audit: see {@link DroppedMessages}. */
    Path dropped() {
        return path.resolve("dropped");
    }

    @Override
    public void close() throws IOException {
        lock.acquiredBy().close();
    }
}
