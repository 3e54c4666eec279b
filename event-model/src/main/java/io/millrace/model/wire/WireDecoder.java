package io.millrace.model.wire;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.millrace.model.EventBatch;
import io.millrace.model.wire.EnvelopeCodec.Head;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Decodes messages of any origin within bounded memory. Keeps its buffers between calls; not thread-safe. */
public final class WireDecoder {
    /** Newest payload version that is understood. */
    public static final int VERSION_MAX = 1;

    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final EventsDecoder eventsDecoder = new EventsDecoder();
    private byte[] scratch = new byte[4096];

    /** Never throws, whatever the bytes. */
    public Decoded decode(byte[] message) {
        Head head;
        try {
            checkWhole(message);
            head = EnvelopeCodec.read(new ByteReader("message", message, 0, message.length - WireEncoder.CRC_BYTES));
        } catch (MalformedMessageException e) {
            return new Decoded.Undecodable(null, String.valueOf(e.getMessage()));
        }
        if (head.payloadVersion() > VERSION_MAX) {
            return new Decoded.Unsupported(head.envelope(), head.payloadVersion());
        }
        try {
            return decode(head, message);
        } catch (MalformedMessageException e) {
            return new Decoded.Undecodable(head.envelope(), String.valueOf(e.getMessage()));
        }
    }

    private static void checkWhole(byte[] message) throws MalformedMessageException {
        if (message.length < WireEncoder.CRC_BYTES || message.length > WireEncoder.MESSAGE_BYTES_MAX) {
            throw new MalformedMessageException("message is %d bytes long, expected %d to %d"
                    .formatted(message.length, WireEncoder.CRC_BYTES, WireEncoder.MESSAGE_BYTES_MAX));
        }
        int crcAt = message.length - WireEncoder.CRC_BYTES;
        int said = (int) U32.get(message, crcAt);
        int is = WireEncoder.crc(message, crcAt);
        if (said != is) {
            throw new MalformedMessageException("message is damaged: its %d bytes have CRC-32C %08x, byte %d says %08x"
                    .formatted(crcAt, is, crcAt, said));
        }
    }

    private Decoded decode(Head head, byte[] message) throws MalformedMessageException {
        Envelope envelope = head.envelope();
        return switch (head.kind()) {
            case EnvelopeCodec.KIND_EVENTS -> {
                checkCount(envelope, "events", EventBatch.EVENTS_MAX);
                if (envelope.firstSequence() < 1) {
                    throw new MalformedMessageException("first sequence of events is 0, expected 1 or more");
                }
                yield new Decoded.Events(envelope, eventsDecoder.read(payload(head, message), envelope.count()));
            }
            case EnvelopeCodec.KIND_GAPS -> {
                checkCount(envelope, "gaps", GapsCodec.GAPS_MAX);
                yield new Decoded.Gaps(
                        envelope, GapsCodec.read(payload(head, message), envelope.stream(), envelope.count()));
            }
            default ->
                throw new MalformedMessageException("kind at byte 4 is %d, expected %d or %d"
                        .formatted(head.kind(), EnvelopeCodec.KIND_EVENTS, EnvelopeCodec.KIND_GAPS));
        };
    }

    private static void checkCount(Envelope envelope, String what, int max) throws MalformedMessageException {
        if (envelope.count() > max) {
            throw new MalformedMessageException(
                    "envelope claims %d %s, expected at most %d".formatted(envelope.count(), what, max));
        }
    }

    /** The payload without compression, in {@link #scratch}. */
    private ByteReader payload(Head head, byte[] message) throws MalformedMessageException {
        int from = head.payloadOffset();
        int length = message.length - WireEncoder.CRC_BYTES - from;
        if (!head.zstd()) {
            reserve(length);
            System.arraycopy(message, from, scratch, 0, length);
            return new ByteReader("payload", scratch, 0, length);
        }
        long size = Zstd.getFrameContentSize(message, from, length);
        if (size < 0 || size > WireEncoder.PAYLOAD_BYTES_MAX) {
            throw new MalformedMessageException("zstd frame at byte %d says that it holds %d bytes, expected 0 to %d"
                    .formatted(from, size, WireEncoder.PAYLOAD_BYTES_MAX));
        }
        reserve((int) size);
        long got = decompress(message, from, length, (int) size);
        if (got != size) {
            throw new MalformedMessageException("zstd frame at byte %d is damaged: it holds %s, said was %d bytes"
                    .formatted(from, Zstd.isError(got) ? Zstd.getErrorName(got) : got + " bytes", size));
        }
        return new ByteReader("decompressed payload", scratch, 0, (int) size);
    }

    private long decompress(byte[] message, int from, int length, int size) throws MalformedMessageException {
        try {
            return Zstd.decompressByteArray(scratch, 0, size, message, from, length);
        } catch (ZstdException e) {
            throw new MalformedMessageException("zstd frame at byte %d is damaged: %s".formatted(from, e.getMessage()));
        }
    }

    private void reserve(int bytes) {
        if (scratch.length < bytes + ByteReader.SLACK_BYTES) {
            scratch = new byte[bytes + ByteReader.SLACK_BYTES];
        }
    }
}
