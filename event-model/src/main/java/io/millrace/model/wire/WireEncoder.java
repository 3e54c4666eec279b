package io.millrace.model.wire;

import com.github.luben.zstd.Zstd;
import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Encodes batches and gaps: envelope, payload, and a CRC-32C (u32, little-endian) of all bytes before it. Keeps its
 * buffers between calls; not thread-safe.
 */
public final class WireEncoder {
    /** Largest message, in bytes, envelope included. */
    public static final int MESSAGE_BYTES_MAX = 256 * 1024;

    /** Largest payload before compression, and most bytes of text in one batch. */
    public static final int PAYLOAD_BYTES_MAX = 1024 * 1024;

    static final int CRC_BYTES = Integer.BYTES;

    private static final int ZSTD_LEVEL = 3;
    private static final int ZSTD_TRIED_FROM_UTF8_BYTES = 256;

    private final ByteWriter message = new ByteWriter(MESSAGE_BYTES_MAX);
    private final ByteWriter payload = new ByteWriter(PAYLOAD_BYTES_MAX);
    private final EventsEncoder eventsEncoder = new EventsEncoder();
    private byte[] compressed = new byte[0];

    /**
     * @return the message
     * @throws IllegalArgumentException if the envelope's count is not the batch's size, its first sequence is below 1,
     *     or the message is larger than {@value #MESSAGE_BYTES_MAX} bytes; the caller splits the batch then
     */
    public byte[] encode(Envelope envelope, EventBatch events) {
        check(envelope, events.size(), "events");
        if (envelope.firstSequence() < 1) {
            throw new IllegalArgumentException(
                    "first sequence of %s is 0, expected 1 or more".formatted(envelope.stream()));
        }
        payload.clear();
        eventsEncoder.write(payload, events);
        boolean compressible = eventsEncoder.utf8Bytes() >= ZSTD_TRIED_FROM_UTF8_BYTES;
        return message(envelope, EnvelopeCodec.KIND_EVENTS, compressible ? compress() : payload.size());
    }

    /** Like {@link #encode} for at most 10 000 gaps, all of the envelope's stream. */
    public byte[] encodeGaps(Envelope envelope, List<Gap> gaps) {
        check(envelope, gaps.size(), "gaps");
        if (gaps.size() > GapsCodec.GAPS_MAX) {
            throw new IllegalArgumentException(
                    "message of %d gaps, expected at most %d".formatted(gaps.size(), GapsCodec.GAPS_MAX));
        }
        for (Gap gap : gaps) {
            if (!gap.stream().equals(envelope.stream())) {
                throw new IllegalArgumentException(
                        "gap is of %s, expected %s as in the envelope".formatted(gap.stream(), envelope.stream()));
            }
        }
        payload.clear();
        GapsCodec.write(payload, gaps);
        return message(envelope, EnvelopeCodec.KIND_GAPS, payload.size());
    }

    private static void check(Envelope envelope, int size, String what) {
        if (envelope.count() != size) {
            throw new IllegalArgumentException("envelope of %s says %d %s, there are %d"
                    .formatted(envelope.stream(), envelope.count(), what, size));
        }
    }

    /** @param payloadSize less than the payload's own if it was compressed */
    private byte[] message(Envelope envelope, int kind, int payloadSize) {
        message.clear();
        EnvelopeCodec.write(message, envelope, kind);
        if (payloadSize < payload.size()) {
            EnvelopeCodec.markZstd(message);
            message.bytes(compressed, 0, payloadSize);
        } else {
            message.bytes(payload.array(), 0, payload.size());
        }
        message.u32(crc(message.array(), message.size()));
        return Arrays.copyOf(message.array(), message.size());
    }

    /** Compresses the payload; gives its size as it is where that does not save a sixteenth. */
    private int compress() {
        int size = payload.size();
        int bound = (int) Zstd.compressBound(size);
        if (compressed.length < bound) {
            compressed = new byte[bound];
        }
        long got = Zstd.compressByteArray(compressed, 0, bound, payload.array(), 0, size, ZSTD_LEVEL);
        return !Zstd.isError(got) && got <= size - size / 16 ? (int) got : size;
    }

    static int crc(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
