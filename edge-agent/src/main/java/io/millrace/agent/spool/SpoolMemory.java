package io.millrace.agent.spool;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory in place of a disk for spools that need not outlive the process, such as those of simulated agents. All of them
 * share its room: one that finds less of it than its {@link LaneConfig#freeDiskBytesMin} does what its policy says.
 * Each looks once a second, and so may go beyond by what it takes in that time, up to its own limit. Thread-safe.
 */
public final class SpoolMemory {
    private static final int CHUNK_BYTES = 16 * 1024;

    private final long bytesMax;
    private final AtomicLong bytesUsed = new AtomicLong();

    /**
     * Chunks that were given back, for the next that are needed: new ones every few seconds, which live just as long, are
     * what a garbage collector copies most. With those in use they are at most what was in use at once.
     */
    private final Deque<byte[]> free = new ConcurrentLinkedDeque<>();

    /**
     * @param bytesMax of all spools together, in steps of {@value #CHUNK_BYTES}; 1 or more
     */
    public SpoolMemory(long bytesMax) {
        if (bytesMax < 1) {
            throw new IllegalArgumentException("bytesMax is %d, expected 1 or more".formatted(bytesMax));
        }
        this.bytesMax = bytesMax;
    }

    /** What the spools take at present. */
    public long bytesUsed() {
        return bytesUsed.get();
    }

    /** A disk for one spool. */
    Disk disk() {
        return new MemoryDisk();
    }

    private final class MemoryDisk implements Disk {
        private final Map<Path, MemoryFile> files = new HashMap<>();

        @Override
        public void createDirectories(Path directory) {}

        @Override
        public synchronized List<String> list(Path directory) {
            return files.keySet().stream()
                    .filter(file -> directory.equals(file.getParent()))
                    .map(file -> String.valueOf(file.getFileName()))
                    .toList();
        }

        @Override
        public synchronized DiskFile create(Path file) throws IOException {
            if (files.containsKey(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
            var made = new MemoryFile();
            files.put(file, made);
            return made;
        }

        @Override
        public synchronized DiskFile open(Path file) throws IOException {
            return at(file);
        }

        private MemoryFile at(Path file) throws IOException {
            MemoryFile found = files.get(file);
            if (found == null) {
                throw new FileNotFoundException(file.toString());
            }
            return found;
        }

        @Override
        public synchronized void delete(Path file) throws IOException {
            at(file).truncate(0);
            files.remove(file);
        }

        @Override
        public synchronized void rename(Path from, Path to) throws IOException {
            MemoryFile moved = at(from);
            MemoryFile before = files.put(to, moved);
            if (before != null) {
                before.truncate(0);
            }
            files.remove(from);
        }

        @Override
        public void forceDirectory(Path directory) {}

        @Override
        public long freeBytes(Path directory) {
            return Math.max(0, bytesMax - bytesUsed.get());
        }
    }

    private final class MemoryFile implements Disk.DiskFile {
        private final List<byte[]> chunks = new ArrayList<>();
        private long size;

        @Override
        public synchronized void append(ByteBuffer bytes) {
            long needed = (size + bytes.remaining() + CHUNK_BYTES - 1) / CHUNK_BYTES - chunks.size();
            bytesUsed.addAndGet(needed * CHUNK_BYTES);
            for (long i = 0; i < needed; i++) {
                byte[] used = free.pollLast();
                chunks.add(used == null ? new byte[CHUNK_BYTES] : used);
            }
            while (bytes.hasRemaining()) {
                int at = (int) (size % CHUNK_BYTES);
                int length = Math.min(bytes.remaining(), CHUNK_BYTES - at);
                bytes.get(chunks.get((int) (size / CHUNK_BYTES)), at, length);
                size += length;
            }
        }

        @Override
        public synchronized int read(ByteBuffer into, long offset) {
            int total = 0;
            while (into.hasRemaining() && offset + total < size) {
                long from = offset + total;
                int at = (int) (from % CHUNK_BYTES);
                int length = (int) Math.min(Math.min(into.remaining(), CHUNK_BYTES - at), size - from);
                into.put(chunks.get((int) (from / CHUNK_BYTES)), at, length);
                total += length;
            }
            return total;
        }

        @Override
        public void force() {}

        @Override
        public synchronized void truncate(long bytes) {
            size = Math.min(size, bytes);
            long needed = (size + CHUNK_BYTES - 1) / CHUNK_BYTES;
            while (chunks.size() > needed) {
                free.addLast(chunks.removeLast());
                bytesUsed.addAndGet(-CHUNK_BYTES);
            }
        }

        @Override
        public synchronized long size() {
            return size;
        }

        @Override
        public void close() {}
    }
}
