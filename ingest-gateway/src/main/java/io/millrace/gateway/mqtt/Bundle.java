package io.millrace.gateway.mqtt;

import io.millrace.model.wire.MalformedMessageException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads what our broker makes of many messages: docs/formats/bundle.md. */
final class Bundle {
    /** One of the messages, as it was published. */
    @SuppressWarnings("ArrayRecordComponent") // made once, compared by nobody
    record Part(String topic, byte[] payload) {}

    private Bundle() {}

    /**
     * The messages of a bundle, in their order.
     *
     * @return at least one
     * @throws MalformedMessageException if it is empty, or ends within a message
     */
    static List<Part> parts(byte[] bundle) throws MalformedMessageException {
        var parts = new ArrayList<Part>();
        ByteBuffer in = ByteBuffer.wrap(bundle);
        try {
            while (in.hasRemaining()) {
                byte[] topic = next(in, Short.toUnsignedInt(in.getShort()));
                byte[] payload = next(in, in.getInt());
                parts.add(new Part(new String(topic, StandardCharsets.UTF_8), payload));
            }
        } catch (BufferUnderflowException e) {
            throw new MalformedMessageException("the bundle ends within message %d".formatted(parts.size() + 1));
        }
        if (parts.isEmpty()) {
            throw new MalformedMessageException("the bundle is empty");
        }
        return parts;
    }

    private static byte[] next(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
