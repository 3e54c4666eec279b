package io.millrace.gateway.notify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jboss.logging.Logger;

/**
 * What was told and what is still to be told, on disk. Written anew and renamed at each change, so there is one whole
 * content at any time: the old or the new.
 *
 * <pre>
 * file := "millrace-outbox 1 " | crc, 8 hex digits, lower case | "\n" | body        crc = CRC-32C of body
 * body := JSON of {@link Kept}
 * </pre>
 */
final class OutboxFile {
    private static final Logger LOG = Logger.getLogger(OutboxFile.class);
    private static final String MAGIC = "millrace-outbox 1 ";
    private static final int HEADER_BYTES = MAGIC.length() + 9;

    private final Path file;

    /**
     * @param cursor position of the log up to which all transitions are in the groups
     */
    record Kept(long cursor, List<Group.State> groups) {}

    OutboxFile(Path file) {
        this.file = file;
    }

    /**
     * What was written last. A damaged file is set aside with a message: there may be notifications in it that nobody
     * got, and alerts that are open are told again.
     *
     * @throws IOException if there is a file and it cannot be read
     */
    Optional<Kept> read() throws IOException {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > HEADER_BYTES) {
            byte[] body = Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length);
            if (header(body).equals(new String(bytes, 0, HEADER_BYTES, StandardCharsets.ISO_8859_1))) {
                try {
                    return Optional.of(Notification.JSON.readValue(body, Kept.class));
                } catch (IOException e) {
                    LOG.errorf("The outbox has a form that this software does not know: cause=%s", e.getMessage());
                }
            }
        }
        Path aside = file.resolveSibling(file.getFileName() + ".damaged");
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        LOG.errorf(
                "The outbox is damaged and was set aside; notifications that wait in it are not sent, open alerts are"
                        + " told again: file=%s",
                aside);
        return Optional.empty();
    }

    /** Returns when it is on the disk. */
    void write(Kept kept) throws IOException {
        byte[] body = Notification.JSON.writeValueAsBytes(kept);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer[] parts = {
                ByteBuffer.wrap(header(body).getBytes(StandardCharsets.ISO_8859_1)), ByteBuffer.wrap(body)
            };
            while (parts[1].hasRemaining()) {
                channel.write(parts);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Forgets all; true if there was anything. */
    boolean delete() throws IOException {
        return Files.deleteIfExists(file);
    }

    private static String header(byte[] body) {
        var crc = new CRC32C();
        crc.update(body);
        return MAGIC + "%08x%n".formatted(crc.getValue()).replace("\r", "");
    }
}
