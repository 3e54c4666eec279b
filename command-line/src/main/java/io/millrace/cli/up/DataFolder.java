package io.millrace.cli.up;

import io.millrace.cli.CommandException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder of one {@code up}: who runs, what they print, and what they keep. One {@code up} at a time. */
final class DataFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);

    /** Children of an {@code up} that was killed end by themselves within this time. */
    private static final Duration ORPHANS_END_MAX = Duration.ofSeconds(20);

    /** Linux tells the time of its own start in whole seconds, and a process's start relative to it. */
    private static final Duration START_RESOLUTION = Duration.ofSeconds(1);

    private final Path path;
    private final FileLock lock;

    private DataFolder(Path path, FileLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Takes the folder, made if need be, and waits for what an earlier {@code up} may have left running.
     *
     * @throws CommandException if another {@code up} has it, or it cannot be written
     */
    static DataFolder open(Path data) throws CommandException, InterruptedException {
        Path path = data.toAbsolutePath().normalize();
        try {
            for (String folder : List.of("run", "log", "broker", "store", "agent")) {
                Files.createDirectories(path.resolve(folder));
            }
            var folder = new DataFolder(path, lock(path));
            folder.awaitOrphans();
            return folder;
        } catch (IOException e) {
            throw CommandException.unavailable(
                    "data folder %s cannot be used: %s. Choose another with --data".formatted(path, e));
        }
    }

    private static FileLock lock(Path path) throws IOException, CommandException {
        var channel = FileChannel.open(
                path.resolve("run").resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw CommandException.unavailable(
                    "data folder %s is in use by another ./millrace up (process %s). Stop that one or choose another --data"
                            .formatted(path, pidOf(path, "up")));
        }
        return lock;
    }

    private static String pidOf(Path path, String name) throws IOException {
        Path file = path.resolve("run").resolve(name + ".pid");
        return Files.exists(file) ? Files.readString(file).strip() : "unknown";
    }

    private void awaitOrphans() throws IOException, CommandException, InterruptedException {
        for (String name : List.of("agent", "gateway", "broker")) {
            String pid = pidOf(path, name);
            if (pid.matches("\\d{1,18}")) {
                ProcessHandle handle = ProcessHandle.of(Long.parseLong(pid)).orElse(null);
                if (handle != null && beganBefore(Files.getLastModifiedTime(pidFile(name)), handle)) {
                    await(name, handle);
                }
                Files.deleteIfExists(pidFile(name));
            }
        }
    }

    /** A process id may have been given to somebody else since: such a process began after its number was written. */
    private static boolean beganBefore(FileTime written, ProcessHandle handle) {
        return handle.info()
                .startInstant()
                .map(start -> start.isBefore(written.toInstant().plus(START_RESOLUTION)))
                .orElse(false);
    }

    private static void await(String name, ProcessHandle handle) throws CommandException, InterruptedException {
        LOG.info("An earlier up left a process that is about to end: name={} pid={}", name, handle.pid());
        try {
            handle.onExit().get(ORPHANS_END_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw CommandException.unavailable(
                    "the %s of an earlier ./millrace up (process %d) still uses the data folder after %d s. End it first"
                            .formatted(name, handle.pid(), ORPHANS_END_MAX.toSeconds()));
        }
    }

    Path path() {
        return path;
    }

    Path pidFile(String name) {
        return path.resolve("run").resolve(name + ".pid");
    }

    /** Writes a process id; whoever reads the file meanwhile finds all of it or no file. */
    static void writePid(Path file, long pid) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, pid + "\n");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    Path logFile(String name) {
        return path.resolve("log").resolve(name + ".log");
    }

    @Override
    public void close() throws IOException {
        lock.acquiredBy().close();
    }
}
