package io.millrace.model.wire;

import io.millrace.model.StreamId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The head of a message. This layout never changes; fields may be added behind the last one, and a reader skips what it
 * does not know by the length. Fixed numbers are little-endian; v is a varint, z a zigzag varint ({@link ByteWriter}).
 *
 * <pre>
 *  0  magic            u8 u8   "MR"
 *  2  envelope version u8      1
 *  3  payload version  u8      1 or more
 *  4  kind and flags   u8      bits 0 to 3: 0 events, 1 gaps; bit 4: backfill; bit 5: the payload is a zstd frame
 *  5  payload offset   u8 u8   from the start of the message, low byte first
 *  7  epoch            u64     0 to 2^63-1
 * 15  first sequence v, count v, sent at z (µs), sent monotonic z (µs)
 *     site, agent, lane, traceparent: each length u8 and so many bytes of UTF-8; no traceparent has length 0
 * </pre>
 */
final class EnvelopeCodec {
    static final int KIND_EVENTS = 0;
    static final int KIND_GAPS = 1;
    static final int FLAG_ZSTD = 0x20;
    static final int TRACEPARENT_BYTES_MAX = 255;
    private static final int FLAG_BACKFILL = 0x10;
    private static final int KIND_MASK = 0x0F;
    private static final int ENVELOPE_VERSION = 1;
    private static final int FLAGS_AT = 4;
    private static final int PAYLOAD_OFFSET_AT = 5;

    private EnvelopeCodec() {}

    /** An envelope together with what only the decoder needs. */
    record Head(Envelope envelope, int payloadVersion, int kind, boolean zstd, int payloadOffset) {}

    static void write(ByteWriter out, Envelope envelope, int kind) {
        out.u8('M');
        out.u8('R');
        out.u8(ENVELOPE_VERSION);
        out.u8(WireDecoder.VERSION_MAX);
        out.u8(kind | (envelope.backfill() ? FLAG_BACKFILL : 0));
        out.u8(0);
        out.u8(0);
        out.u64(envelope.stream().epoch());
        out.varint(envelope.firstSequence());
        out.varint(envelope.count());
        out.zigzag(envelope.sentAtMicros());
        out.zigzag(envelope.sentMonotonicMicros());
        text(out, envelope.stream().site());
        text(out, envelope.stream().agent());
        text(out, envelope.stream().lane());
        String traceparent = envelope.traceparent();
        if (traceparent != null && !isTraceparent(traceparent)) {
            throw new IllegalArgumentException("traceparent of %s is '%s', expected 1 to %d printable ASCII characters"
                    .formatted(envelope.stream(), traceparent, TRACEPARENT_BYTES_MAX));
        }
        text(out, traceparent == null ? "" : traceparent);
        out.array()[PAYLOAD_OFFSET_AT] = (byte) out.size();
        out.array()[PAYLOAD_OFFSET_AT + 1] = (byte) (out.size() >>> 8);
    }

    /** Says afterwards that the payload was compressed. */
    static void markZstd(ByteWriter out) {
        out.array()[FLAGS_AT] |= FLAG_ZSTD;
    }

    private static void text(ByteWriter out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.u8(utf8.length);
        out.bytes(utf8, 0, utf8.length);
    }

    static Head read(ByteReader in) throws MalformedMessageException {
        if (in.u8() != 'M' || in.u8() != 'R') {
            throw in.wrong("the first two bytes are not 'MR', this is no message of ours,");
        }
        int envelopeVersion = in.u8();
        if (envelopeVersion != ENVELOPE_VERSION) {
            throw in.wrong("envelope version is %d, expected %d".formatted(envelopeVersion, ENVELOPE_VERSION));
        }
        int payloadVersion = in.u8();
        int flags = in.u8();
        int payloadOffset = in.u8() | in.u8() << 8;
        Envelope envelope = envelope(in, (flags & FLAG_BACKFILL) != 0);
        if (payloadOffset < in.position() || payloadOffset > in.position() + in.remaining()) {
            throw in.wrong("payload is said to begin at byte %d, the envelope ends".formatted(payloadOffset));
        }
        if (payloadVersion == 0) {
            throw in.wrong("payload version is 0, expected 1 or more, in the envelope that ends");
        }
        return new Head(envelope, payloadVersion, flags & KIND_MASK, (flags & FLAG_ZSTD) != 0, payloadOffset);
    }

    private static Envelope envelope(ByteReader in, boolean backfill) throws MalformedMessageException {
        long epoch = in.u64();
        long firstSequence = in.varint();
        int count = in.count("count", 0, Integer.MAX_VALUE);
        long sentAtMicros = in.zigzag();
        long sentMonotonicMicros = in.zigzag();
        String site = in.text(in.u8());
        String agent = in.text(in.u8());
        String lane = in.text(in.u8());
        String traceparent = traceparent(in);
        try {
            var stream = new StreamId(site, agent, lane, epoch);
            return new Envelope(stream, firstSequence, count, backfill, sentAtMicros, sentMonotonicMicros, traceparent);
        } catch (IllegalArgumentException e) {
            throw in.wrong("%s, in the envelope whose fields end".formatted(e.getMessage()));
        }
    }

    private static @Nullable String traceparent(ByteReader in) throws MalformedMessageException {
        String text = in.text(in.u8());
        if (text.isEmpty()) {
            return null;
        }
        if (!isTraceparent(text)) {
            throw in.wrong("traceparent holds other than printable ASCII and ends");
        }
        return text;
    }

    private static boolean isTraceparent(String text) {
        return !text.isEmpty()
                && text.length() <= TRACEPARENT_BYTES_MAX
                && text.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }
}
