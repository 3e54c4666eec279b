package io.millrace.broker.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Messages that go together, in the order in which they came; docs/formats/bundle.md. Not thread-safe.
 *
 * <pre>
 * bundle  := message*                                                    big-endian
 * message := topic-bytes u16 | topic, UTF-8 | payload-bytes u32 | payload
 * </pre>
 */
final class Bundle {
    /** At which no further message is added; one of them may be larger. */
    static final int BYTES_MAX = 256 * 1024;

    static final int MESSAGES_MAX = 500;

    private static final int BYTES_FIRST = 1024;
    private static final int LENGTHS = 6;

    /** What became of it. */
    enum Fate {
        /** It is in the queue of the gateway's session, and survives the end of the broker if the session does. */
        QUEUED,
        /** The gateway has no session. */
        NOBODY_LISTENS,
        /** Unknown. Who sent it has to send again. */
        FAILED
    }

    private final CompletableFuture<Fate> fate = new CompletableFuture<>();
    private byte[] bytes = new byte[BYTES_FIRST];
    private int length;
    private int messages;

    void add(String topic, ByteBuffer payload) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        int needed = length + LENGTHS + name.length + payload.remaining();
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
        }
        ByteBuffer.wrap(bytes, length, bytes.length - length)
                .putShort((short) name.length)
                .put(name)
                .putInt(payload.remaining())
                .put(payload);
        length = needed;
        messages++;
    }

    boolean hasRoom(int payloadBytes) {
        return messages < MESSAGES_MAX && (messages == 0 || length + payloadBytes <= BYTES_MAX);
    }

    int messages() {
        return messages;
    }

    int length() {
        return length;
    }

    ByteBuffer payload() {
        return ByteBuffer.wrap(bytes, 0, length).asReadOnlyBuffer();
    }

    /** Completes once, on any thread. */
    CompletableFuture<Fate> fate() {
        return fate;
    }
}
