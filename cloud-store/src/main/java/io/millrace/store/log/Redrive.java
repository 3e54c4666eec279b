package io.millrace.store.log;

import io.millrace.store.log.Verdict.DeadLetter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter that an operator drives again. The log entry carries the fields that admission gave the message this
 * time, and in its payload the letter, so that its row can be written again whatever becomes of it:
 *
 * <pre>
 * payload := kind u8 (of the entry that admission made) | time i64 | position i64 | sequence i64 | epoch i64
 *            | site text | agent text | lane text | topic text (empty: none) | reason text | detail text | message
 * text    := length i32 | UTF-8
 * </pre>
 *
 * Its events count as backfill: they are late, so they page nobody. Big-endian; a sequence or epoch that is not known is {@link Long#MIN_VALUE}.
 *
 * @param entry what admission made of the letter's message
 */
public record Redrive(Letter letter, LogEntry entry) {
    /** What goes into the log. */
    public LogEntry logged() {
        return entry.again(EntryKind.REDRIVE, payload());
    }

    /**
     * @param logged of the kind {@link EntryKind#REDRIVE}
     * @throws IllegalArgumentException if its payload is not what {@link #logged} writes
     */
    public static Redrive of(LogEntry logged) {
        try (var in = new DataInputStream(new ByteArrayInputStream(logged.payload()))) {
            EntryKind kind = EntryKind.ofCode(in.readUnsignedByte());
            long ts = in.readLong();
            long position = in.readLong();
            Long sequence = known(in.readLong());
            Long epoch = known(in.readLong());
            String site = text(in);
            String agent = text(in);
            String lane = text(in);
            String topic = text(in);
            var why = new DeadLetter(text(in), text(in));
            var letter =
                    new Letter(ts, position, sequence, site, agent, lane, epoch, topic.isEmpty() ? null : topic, why);
            return new Redrive(letter, logged.again(kind, in.readAllBytes()));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "redrive of %d bytes is cut short".formatted(logged.payload().length), e);
        }
    }

    private byte[] payload() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(entry.kind().code());
            out.writeLong(letter.tsMicros());
            out.writeLong(letter.position());
            out.writeLong(letter.sequenceOrUnknown());
            out.writeLong(letter.epoch() == null ? Letter.UNKNOWN : letter.epoch());
            for (String text : Arrays.asList(
                    letter.site(),
                    letter.agent(),
                    letter.lane(),
                    letter.topic() == null ? "" : letter.topic(),
                    letter.why().reason(),
                    letter.why().detail())) {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                out.writeInt(utf8.length);
                out.write(utf8);
            }
            out.write(entry.payload());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static @Nullable Long known(long value) {
        return value == Letter.UNKNOWN ? null : value;
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] utf8 = in.readNBytes(Math.max(0, length));
        if (utf8.length != length) {
            throw new IOException("a text of %d bytes has %d".formatted(length, utf8.length));
        }
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
