package io.millrace.store.log;

import io.millrace.model.Gap;
import io.millrace.model.StreamId;
import io.millrace.model.wire.Decoded;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.WireDecoder;
import io.millrace.model.wire.WireEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What an operator declares will never come: sequences of one epoch, and why. In the log:
 *
 * <pre>
 * payload := length of why i32, big-endian | why UTF-8 | the gaps as a wire message
 * </pre>
 *
 * @param gaps of the stream, with the reason {@link Gap.Reason#CLOSED}; 1 to {@value #GAPS_MAX}
 * @param why the operator's words, 1 to {@value #WHY_CHARS_MAX} characters
 */
public record Closing(StreamId stream, List<Gap> gaps, String why) {
    public static final int GAPS_MAX = 1_000;
    public static final int WHY_CHARS_MAX = 512;

    public Closing {
        if (why.isBlank() || why.length() > WHY_CHARS_MAX) {
            throw new IllegalArgumentException("reason is %d characters long, expected 1 to %d, not only blanks"
                    .formatted(why.length(), WHY_CHARS_MAX));
        }
        if (gaps.isEmpty() || gaps.size() > GAPS_MAX) {
            throw new IllegalArgumentException(
                    "closing holds %d gaps, expected 1 to %d".formatted(gaps.size(), GAPS_MAX));
        }
    }

    /** What goes into the log. */
    public LogEntry logged() {
        var envelope = new Envelope(stream, 0, gaps.size(), false, 0, 0, null);
        byte[] message = new WireEncoder().encodeGaps(envelope, gaps);
        byte[] utf8 = why.getBytes(StandardCharsets.UTF_8);
        var payload = ByteBuffer.allocate(Integer.BYTES + utf8.length + message.length);
        payload.putInt(utf8.length).put(utf8).put(message);
        return LogEntry.gaps(envelope, gaps, message).as(EntryKind.CLOSE, payload.array());
    }

    /**
     * @param logged of the kind {@link EntryKind#CLOSE}
     * @throws IllegalArgumentException if its payload is not what {@link #logged} writes
     */
    public static Closing of(LogEntry logged) {
        ByteBuffer payload = ByteBuffer.wrap(logged.payload());
        int length = payload.remaining() < Integer.BYTES ? -1 : payload.getInt();
        if (length < 0 || length > payload.remaining()) {
            throw new IllegalArgumentException("closing of %d bytes is cut short".formatted(payload.capacity()));
        }
        byte[] utf8 = new byte[length];
        payload.get(utf8);
        byte[] message = new byte[payload.remaining()];
        payload.get(message);
        if (new WireDecoder().decode(message) instanceof Decoded.Gaps(Envelope envelope, List<Gap> gaps)) {
            return new Closing(envelope.stream(), gaps, new String(utf8, StandardCharsets.UTF_8));
        }
        throw new IllegalArgumentException("closing of %d bytes holds no gaps".formatted(payload.capacity()));
    }
}
