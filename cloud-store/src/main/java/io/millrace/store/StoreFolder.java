package io.millrace.store;

import io.millrace.store.questdb.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.UUID;

/**
 * The store's part of a data folder: where its files are, the lock that keeps a second process out, and the marker that
 * says which version of the tables it holds.
 *
 * <pre>
 * DIR/pgpass                password of the read-only SQL user
 * DIR/log/questdb.log.*     what QuestDB says of errors
 * DIR/store/lock            held while open
 * DIR/store/schema          properties: version of the tables, random id of the store
 * DIR/store/checkpoint      where deriving goes on
 * DIR/store/admin.pgpass    password of the SQL user who may write
 * DIR/store/db              QuestDB's tables
 * </pre>
 */
final class StoreFolder implements AutoCloseable {
    private final Path data;
    private final FileChannel lockFile;
    private UUID id = UUID.randomUUID();
    private int version;

    private StoreFolder(Path data, FileChannel lockFile) {
        this.data = data;
        this.lockFile = lockFile;
    }

    static StoreFolder open(Path data) throws StoreOpenException, IOException {
        Files.createDirectories(data.resolve("store"));
        FileChannel channel = FileChannel.open(
                data.resolve("store").resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!locked(channel)) {
            channel.close();
            throw new StoreOpenException.InUse(
                    ("data folder %s is in use: another gateway has it open, and two would give one position twice."
                                    + " Stop that one first, or choose another folder with --data")
                            .formatted(data));
        }
        var folder = new StoreFolder(data, channel);
        try {
            folder.readMarker();
        } catch (StoreOpenException | IOException e) {
            channel.close();
            throw e;
        }
        return folder;
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private void readMarker() throws StoreOpenException, IOException {
        if (!Files.exists(marker())) {
            return;
        }
        var properties = new Properties();
        try (var in = Files.newInputStream(marker())) {
            properties.load(in);
        }
        try {
            version = Integer.parseInt(properties.getProperty("version", ""));
            id = UUID.fromString(properties.getProperty("id", ""));
        } catch (IllegalArgumentException e) {
            throw new StoreOpenException.Failed(
                    ("%s does not say which version of the tables it stands for: it was changed by hand or cut short."
                                    + " Restore it from a backup: version and id belong to the tables beside it")
                            .formatted(marker()),
                    e);
        }
        if (version > Migrations.VERSION) {
            throw new StoreOpenException.Newer(
                    ("data folder %s holds tables of version %d, this software knows versions up to %d: it was used by"
                                    + " newer software. Use that one again; nothing was changed")
                            .formatted(data, version, Migrations.VERSION));
        }
    }

    /** Which version the tables have; 0 if there are none yet. */
    int version() {
        return version;
    }

    /** Says that the tables have this version now. */
    void migrated(int newVersion) throws IOException {
        version = newVersion;
        var properties = new Properties();
        properties.setProperty("version", Integer.toString(version));
        properties.setProperty("id", id.toString());
        Path next = marker().resolveSibling("schema.new");
        try (var channel = FileChannel.open(
                        next,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                var out = Channels.newOutputStream(channel)) {
            properties.store(out, null);
            channel.force(true);
        }
        Files.move(next, marker(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Random; a checkpoint names the store that it belongs to. */
    UUID id() {
        return id;
    }

    Path root() {
        return data.resolve("store");
    }

    Path logFolder() {
        return data.resolve("log");
    }

    Path readerPasswords() {
        return data.resolve("pgpass");
    }

    Path adminPasswords() {
        return root().resolve("admin.pgpass");
    }

    Path checkpoint() {
        return root().resolve("checkpoint");
    }

    private Path marker() {
        return root().resolve("schema");
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException("lock of " + data + " cannot be released", e);
        }
    }
}
