package io.millrace.model.wire;

import com.github.luben.zstd.Zstd;
import io.millrace.model.StreamId;
import java.util.Arrays;
import java.util.function.Consumer;

/** Messages byte by byte, for what no encoder would write. */
final class Messages {
    private Messages() {}

    static Envelope envelope(int count) {
        var stream = new StreamId("plant-1", "gw-7", "telemetry", 4711);
        return new Envelope(stream, 1, count, false, 1_767_225_600_000_000L, 5_000_000, null);
    }

    /** An envelope of events with any payload. */
    static byte[] events(int count, Consumer<ByteWriter> payload) {
        return message(envelope(count), EnvelopeCodec.KIND_EVENTS, written(payload), false);
    }

    static byte[] zstd(int count, Consumer<ByteWriter> payload) {
        return message(envelope(count), EnvelopeCodec.KIND_EVENTS, Zstd.compress(written(payload)), true);
    }

    static byte[] message(Envelope envelope, int kind, byte[] payload, boolean zstd) {
        var out = new ByteWriter(1 << 24);
        EnvelopeCodec.write(out, envelope, kind);
        if (zstd) {
            EnvelopeCodec.markZstd(out);
        }
        out.bytes(payload, 0, payload.length);
        out.u32(WireEncoder.crc(out.array(), out.size()));
        return Arrays.copyOf(out.array(), out.size());
    }

    /** Makes the checksum right again after the bytes before it were changed. */
    static byte[] sealed(byte[] message) {
        int crcAt = message.length - WireEncoder.CRC_BYTES;
        int crc = WireEncoder.crc(message, crcAt);
        for (int i = 0; i < WireEncoder.CRC_BYTES; i++) {
            message[crcAt + i] = (byte) (crc >>> (i * Byte.SIZE));
        }
        return message;
    }

    private static byte[] written(Consumer<ByteWriter> payload) {
        var out = new ByteWriter(1 << 24);
        payload.accept(out);
        return Arrays.copyOf(out.array(), out.size());
    }
}
