package io.millrace.store.log;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;

/**
 * What a person does about an alert. In the log, big-endian, {@code utf} as {@link java.io.DataOutput#writeUTF} does:
 *
 * <pre>
 * payload := action u8 (1 acknowledge, 2 shelve, 3 unshelve) | alert 2 * i64 | who utf | why utf | until i64
 * </pre>
 *
 * The entry's site and agent are those of the alert, its time is when it was done.
 *
 * @param alert its id
 * @param who as they call themselves, 1 to {@value #WHO_CHARS_MAX} characters
 * @param why in their words, up to {@value #WHY_CHARS_MAX} characters
 * @param untilMicros of a shelving: when it ends, microseconds since 1970; else 0
 */
public record AlertOrder(UUID alert, Action action, String who, String why, long untilMicros) {
    public static final int WHO_CHARS_MAX = 64;
    public static final int WHY_CHARS_MAX = 512;

    /** What is done. */
    public enum Action {
        ACKNOWLEDGE(1),
        SHELVE(2),
        UNSHELVE(3);

        private final int code;

        Action(int code) {
            this.code = code;
        }

        private static Action ofCode(int code) {
            return switch (code) {
                case 1 -> ACKNOWLEDGE;
                case 2 -> SHELVE;
                case 3 -> UNSHELVE;
                default ->
                    throw new IllegalArgumentException("action on an alert is %d, expected 1 to 3".formatted(code));
            };
        }
    }

    public AlertOrder {
        if (who.isBlank() || who.length() > WHO_CHARS_MAX || why.length() > WHY_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "who is %d and why %d characters long, expected 1 to %d, not only blanks, and at most %d"
                            .formatted(who.length(), why.length(), WHO_CHARS_MAX, WHY_CHARS_MAX));
        }
    }

    /** What goes into the log. */
    public LogEntry logged(String site, String agent, long atMicros) {
        return new LogEntry(
                EntryKind.COMMAND, site, agent, "", 0, 0, 0, atMicros, atMicros, false, Verdicts.NONE, null, payload());
    }

    /**
     * @param logged of the kind {@link EntryKind#COMMAND}
     * @throws IllegalArgumentException if its payload is not what {@link #logged} writes
     */
    public static AlertOrder of(LogEntry logged) {
        try (var in = new DataInputStream(new ByteArrayInputStream(logged.payload()))) {
            Action action = Action.ofCode(in.readUnsignedByte());
            var alert = new UUID(in.readLong(), in.readLong());
            return new AlertOrder(alert, action, in.readUTF(), in.readUTF(), in.readLong());
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "command of %d bytes is cut short".formatted(logged.payload().length), e);
        }
    }

    private byte[] payload() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(action.code);
            out.writeLong(alert.getMostSignificantBits());
            out.writeLong(alert.getLeastSignificantBits());
            out.writeUTF(who);
            out.writeUTF(why);
            out.writeLong(untilMicros);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
