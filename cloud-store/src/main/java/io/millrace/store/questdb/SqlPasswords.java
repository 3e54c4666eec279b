package io.millrace.store.questdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * The passwords of the two SQL users: random, made at the first start, and kept in files that only their owner may
 * read, in the form of PostgreSQL's password file ({@code host:port:database:user:password}).
 *
 * @param reader may only read
 * @param admin may do anything; for repairs by hand
 */
public record SqlPasswords(String reader, String admin) {
    static final String READER = "millrace";
    static final String ADMIN = "admin";

    private static final int PASSWORD_BYTES = 24;

    /** Reads the passwords, or makes new ones where a file is not there or not in this form. */
    public static SqlPasswords load(Path readerFile, Path adminFile) throws IOException {
        return new SqlPasswords(passwordIn(readerFile), passwordIn(adminFile));
    }

    /** Writes both files, for the port that the SQL door has now. */
    public void save(Path readerFile, Path adminFile, int port) throws IOException {
        write(readerFile, "127.0.0.1:%d:qdb:%s:%s%n".formatted(port, READER, reader));
        write(adminFile, "127.0.0.1:%d:qdb:%s:%s%n".formatted(port, ADMIN, admin));
    }

    private static String passwordIn(Path file) throws IOException {
        if (Files.exists(file)) {
            List<String> lines = Files.readAllLines(file);
            String[] parts = lines.isEmpty() ? new String[0] : lines.getFirst().split(":", -1);
            if (parts.length == 5 && parts[4].length() == 2 * PASSWORD_BYTES) {
                return parts[4];
            }
        }
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Through a new file, so that the password is at no time in one that others may read. */
    private static void write(Path file, String line) throws IOException {
        if (Files.exists(file) && Files.readString(file).equals(line)) {
            return;
        }
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(next, line);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public String toString() {
        return "SqlPasswords[hidden]";
    }
}
