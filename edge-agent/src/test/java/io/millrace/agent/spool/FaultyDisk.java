package io.millrace.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that breaks on purpose. Power can go at any operation that changes something; afterwards every sector
 * that was not forced is there, or not, or zero, as a seed decides, and of the changes to a directory since its last force
 * the first few are there. It can also be full, fail to force, or be read-only.
 */
final class FaultyDisk implements Disk {
    private static final int SECTOR_BYTES = 512;

    private final RandomGenerator random;
    private final Map<Path, Content> files = new TreeMap<>();
    private final Map<Path, Content> durableFiles = new TreeMap<>();
    private final Map<Path, List<Runnable>> pending = new HashMap<>();
    private int operations;
    private int powerLostAt = Integer.MAX_VALUE;
    private long capacity = Long.MAX_VALUE;
    private boolean forceFails;
    private boolean readOnly;
    private long reportedFree = Long.MAX_VALUE;

    /** What a file holds for its readers, and what of it a power cut would leave for sure. */
    private static final class Content {
        private byte[] live = new byte[0];
        private byte[] durable = new byte[0];
    }

    FaultyDisk(RandomGenerator random) {
        this.random = random;
    }

    void losePowerAt(int operation) {
        powerLostAt = operation;
    }

    boolean isPowerLost() {
        return operations >= powerLostAt;
    }

    /** Changing operations so far. */
    int operations() {
        return operations;
    }

    void capacity(long bytes) {
        capacity = bytes;
    }

    void reportFree(long bytes) {
        reportedFree = bytes;
    }

    void failForces(boolean fail) {
        forceFails = fail;
    }

    void readOnly(boolean on) {
        readOnly = on;
    }

    /** A file's bytes, to be damaged in place. */
    byte[] bytesOf(Path file) {
        return content(file).live;
    }

    void replace(Path file, byte[] bytes) {
        content(file).live = bytes;
    }

    private Content content(Path file) {
        Content content = files.get(file);
        if (content == null) {
            throw new IllegalArgumentException("no file " + file);
        }
        return content;
    }

    List<Path> files() {
        return List.copyOf(files.keySet());
    }

    /** An independent disk with the same files, as after a kill of the process. */
    FaultyDisk copy() {
        var copy = new FaultyDisk(random);
        files.forEach((path, content) -> copy.put(path, content.live.clone()));
        return copy;
    }

    private void put(Path path, byte[] bytes) {
        var content = new Content();
        content.live = bytes;
        content.durable = bytes.clone();
        files.put(path, content);
        durableFiles.put(path, content);
    }

    /** The disk as it is found when power is back. */
    FaultyDisk afterPowerCut() {
        pending.forEach((_, changes) -> {
            int survivors = random.nextInt(changes.size() + 1);
            changes.subList(0, survivors).forEach(Runnable::run);
        });
        var after = new FaultyDisk(random);
        durableFiles.forEach((path, content) -> after.put(path, survived(content)));
        return after;
    }

    private byte[] survived(Content content) {
        byte[] live = content.live;
        byte[] durable = content.durable;
        int shorter = Math.min(live.length, durable.length);
        int length = shorter + random.nextInt(Math.max(live.length, durable.length) - shorter + 1);
        byte[] survived = Arrays.copyOf(durable, length);
        for (int from = 0; from < length; from += SECTOR_BYTES) {
            int to = Math.min(from + SECTOR_BYTES, length);
            boolean written = !Arrays.equals(
                    Arrays.copyOfRange(live, Math.min(from, live.length), Math.min(to, live.length)),
                    Arrays.copyOfRange(durable, Math.min(from, durable.length), Math.min(to, durable.length)));
            if (written && random.nextInt(3) > 0 && from < live.length) {
                System.arraycopy(live, from, survived, from, Math.min(to, live.length) - from);
            }
        }
        return survived;
    }

    private void change() throws IOException {
        operations++;
        if (isPowerLost()) {
            throw new IOException("power lost");
        }
        if (readOnly) {
            throw new IOException("Read-only file system");
        }
    }

    private void alive() throws IOException {
        if (isPowerLost()) {
            throw new IOException("power lost");
        }
    }

    private void later(Path path, Runnable change) {
        pending.computeIfAbsent(path.getParent(), _ -> new ArrayList<>()).add(change);
    }

    private long used() {
        return files.values().stream().mapToLong(content -> content.live.length).sum();
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        alive();
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        alive();
        return files.keySet().stream()
                .filter(path -> path.startsWith(directory) && path.getNameCount() > directory.getNameCount())
                .map(path -> path.getName(directory.getNameCount()).toString())
                .distinct()
                .toList();
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        change();
        if (files.containsKey(file)) {
            throw new IOException("exists: " + file);
        }
        var content = new Content();
        files.put(file, content);
        later(file, () -> durableFiles.put(file, content));
        return new OpenFile(content);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        alive();
        Content content = files.get(file);
        if (content == null) {
            throw new IOException("no such file: " + file);
        }
        return new OpenFile(content);
    }

    @Override
    public void delete(Path file) throws IOException {
        change();
        if (files.remove(file) == null) {
            throw new IOException("no such file: " + file);
        }
        later(file, () -> durableFiles.remove(file));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change();
        Content content = files.remove(from);
        if (content == null) {
            throw new IOException("no such file: " + from);
        }
        files.put(to, content);
        later(from, () -> {
            durableFiles.remove(from);
            durableFiles.put(to, content);
        });
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        change();
        List<Runnable> changes = pending.remove(directory);
        if (changes != null) {
            changes.forEach(Runnable::run);
        }
    }

    @Override
    public long freeBytes(Path directory) {
        return Math.min(reportedFree, capacity == Long.MAX_VALUE ? Long.MAX_VALUE : capacity - used());
    }

    private final class OpenFile implements DiskFile {
        private final Content content;

        private OpenFile(Content content) {
            this.content = content;
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            boolean wasLost = isPowerLost();
            operations++;
            boolean full = used() + bytes.remaining() > capacity;
            int part = isPowerLost()
                    ? (wasLost ? 0 : random.nextInt(bytes.remaining() + 1))
                    : full ? (int) Math.max(0, capacity - used()) : bytes.remaining();
            if (readOnly) {
                throw new IOException("Read-only file system");
            }
            byte[] grown = Arrays.copyOf(content.live, content.live.length + part);
            bytes.get(grown, content.live.length, part);
            content.live = grown;
            alive();
            if (full) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            alive();
            int n = (int) Math.max(0, Math.min(into.remaining(), content.live.length - offset));
            into.put(content.live, (int) Math.min(offset, content.live.length), n);
            return n;
        }

        @Override
        public void force() throws IOException {
            change();
            if (forceFails) {
                throw new IOException("Input/output error");
            }
            content.durable = content.live.clone();
        }

        @Override
        public void truncate(long bytes) throws IOException {
            change();
            content.live = Arrays.copyOf(content.live, (int) bytes);
        }

        @Override
        public long size() {
            return content.live.length;
        }

        @Override
        public void close() {}
    }
}
