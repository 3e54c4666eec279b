package io.millrace.model.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link ByteWriter} wrote, from bytes that may be anything: every read is checked against the end. */
final class ByteReader {
    /** Readable bytes that the array must have behind the end, so that bits are read a word at a time. */
    static final int SLACK_BYTES = 2 * Long.BYTES;

    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final String what;
    private final byte[] bytes;
    private final int end;
    private int at;

    /**
     * @param what the bytes are, for messages: {@code "message"}
     * @param bytes not copied; {@link #unpack} needs {@value #SLACK_BYTES} more bytes behind {@code end}
     */
    ByteReader(String what, byte[] bytes, int from, int end) {
        this.what = what;
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    int position() {
        return at;
    }

    int remaining() {
        return end - at;
    }

    int u8() throws MalformedMessageException {
        need(1);
        return bytes[at++] & 0xFF;
    }

    long u64() throws MalformedMessageException {
        need(Long.BYTES);
        long value = (long) U64.get(bytes, at);
        at += Long.BYTES;
        return value;
    }

    long varint() throws MalformedMessageException {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = u8();
            if (shift == 63 && next > 1) {
                break;
            }
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw wrong("a number is longer than 64 bits");
    }

    /** A varint that must lie in a range, both ends included. */
    int count(String of, int min, int max) throws MalformedMessageException {
        long value = varint();
        if (value < min || value > max) {
            throw wrong("%s is %s, expected %d to %d".formatted(of, Long.toUnsignedString(value), min, max));
        }
        return (int) value;
    }

    long zigzag() throws MalformedMessageException {
        long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    /** Text of exactly so many bytes of valid UTF-8. */
    String text(int length) throws MalformedMessageException {
        need(length);
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            byte[] back = text.getBytes(StandardCharsets.UTF_8);
            if (!Arrays.equals(back, 0, back.length, bytes, at, at + length)) {
                throw wrong("%d bytes of text are not UTF-8".formatted(length));
            }
        }
        at += length;
        return text;
    }

    /** Bits as {@link ByteWriter#packed} lays them, into {@code values[from]} and after, each added to {@code base}. */
    void unpack(long[] values, int from, int count, long base, int width) throws MalformedMessageException {
        if (width == 0) {
            Arrays.fill(values, from, from + count, base);
            return;
        }
        int length = Packing.bytes(count, width);
        need(length);
        long mask = -1L >>> (Long.SIZE - width);
        long bit = 0;
        for (int i = 0; i < count; i++, bit += width) {
            int word = at + (int) (bit >>> 6) * Long.BYTES;
            int shift = (int) bit & 63;
            long value = (long) U64.get(bytes, word) >>> shift;
            if (shift + width > Long.SIZE) {
                value |= (long) U64.get(bytes, word + Long.BYTES) << -shift;
            }
            values[from + i] = base + (value & mask);
        }
        at += length;
    }

    MalformedMessageException wrong(String sentence) {
        return new MalformedMessageException("%s at byte %d of the %s".formatted(sentence, at, what));
    }

    private void need(int more) throws MalformedMessageException {
        if (more > end - at) {
            throw wrong("%d more bytes are needed, %d are left".formatted(more, end - at));
        }
    }
}
