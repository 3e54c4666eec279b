package io.millrace.model.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The primitives of the wire format, written into a buffer that grows up to a limit and is used again. */
final class ByteWriter {
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int bytesMax;
    private byte[] bytes = new byte[1024];
    private int size;

    /** @param bytesMax writing more throws IllegalArgumentException */
    ByteWriter(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    /** The buffer itself; its first {@link #size()} bytes were written. */
    byte[] array() {
        return bytes;
    }

    void u8(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    void u32(int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            u8(value >>> shift);
        }
    }

    void u64(long value) {
        reserve(Long.BYTES);
        U64.set(bytes, size, value);
        size += Long.BYTES;
    }

    /** Unsigned LEB128: seven bits a byte, lowest first, the high bit says that more follow. */
    void varint(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** A signed number as 0, -1, 1, -2, … mapped to 0, 1, 2, 3, … */
    void zigzag(long value) {
        varint(value << 1 ^ value >> 63);
    }

    static int varintBytes(long value) {
        return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
    }

    static int zigzagBytes(long value) {
        return varintBytes(value << 1 ^ value >> 63);
    }

    void bytes(byte[] from, int offset, int length) {
        reserve(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    /**
     * The low {@code width} bits of {@code values[i] - base}, each right behind the other, lowest bit first; the last
     * byte is filled with zeros. A difference that does not fit leaves zeros.
     */
    void packed(long[] values, int count, long base, int width) {
        if (width == 0) {
            return;
        }
        int length = Packing.bytes(count, width);
        reserve(length + Long.BYTES);
        int at = size;
        long word = 0;
        int filled = 0;
        for (int i = 0; i < count; i++) {
            long offset = values[i] - base;
            if (width < Long.SIZE && offset >>> width != 0) {
                offset = 0;
            }
            word |= offset << filled;
            filled += width;
            if (filled >= Long.SIZE) {
                U64.set(bytes, at, word);
                at += Long.BYTES;
                filled -= Long.SIZE;
                word = filled == 0 ? 0 : offset >>> (width - filled);
            }
        }
        U64.set(bytes, at, word);
        size += length;
    }

    private void reserve(int more) {
        if (more <= bytes.length - size) {
            return;
        }
        if (more > bytesMax - size) {
            throw new IllegalArgumentException(
                    "message is larger than %d bytes before compression; split the batch".formatted(bytesMax));
        }
        bytes = Arrays.copyOf(bytes, (int) Math.max(size + (long) more, Math.min(bytesMax, bytes.length * 2L)));
    }
}
