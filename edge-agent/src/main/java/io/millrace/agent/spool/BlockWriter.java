package io.millrace.agent.spool;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.Series;
import io.millrace.model.Value;
import io.millrace.model.ValueType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Collects the entries of one block in memory: many appends cost one write. A block names each series once and is
 * readable without any other. Not thread-safe.
 */
final class BlockWriter {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int INITIAL_BYTES = 80 * 1024;

    private final Map<Series, Integer> idBySeries = new HashMap<>();
    private byte[] bytes = new byte[INITIAL_BYTES];
    private int at = Format.BLOCK_HEADER_BYTES;
    private long first;
    private int count;
    private long previousMicros;
    private long minMicros = Long.MAX_VALUE;
    private long maxMicros = Long.MIN_VALUE;

    /** How a block was before an append that turned out not to fit. */
    record Mark(int at, int count, int series, long previousMicros, long minMicros, long maxMicros) {}

    boolean isEmpty() {
        return at == Format.BLOCK_HEADER_BYTES;
    }

    /** Bytes it will take on disk. */
    int bytes() {
        return at;
    }

    int count() {
        return count;
    }

    long first() {
        return first;
    }

    long minMicros() {
        return minMicros;
    }

    long maxMicros() {
        return maxMicros;
    }

    Mark mark() {
        return new Mark(at, count, idBySeries.size(), previousMicros, minMicros, maxMicros);
    }

    void rewind(Mark mark) {
        at = mark.at;
        count = mark.count;
        previousMicros = mark.previousMicros;
        minMicros = mark.minMicros;
        maxMicros = mark.maxMicros;
        idBySeries.values().removeIf(id -> id >= mark.series);
    }

    /** Adds the event of this sequence; the first one decides where the block begins, the others must follow it. */
    void event(long sequence, Event event) {
        number(sequence);
        int id = idOf(event.series());
        int quality = event.quality().code() << Format.TAG_QUALITY_SHIFT;
        switch (event.value()) {
            case Value.Numeric(double n) -> {
                head(ValueType.NUMBER.code() | quality, id, event.timeMicros());
                putLong(Double.doubleToRawLongBits(n));
            }
            case Value.Whole(long n) -> {
                head(ValueType.INTEGER.code() | quality, id, event.timeMicros());
                putVarint(Format.zigzag(n));
            }
            case Value.Bool(boolean on) ->
                head(ValueType.BOOLEAN.code() | quality | (on ? Format.TAG_TRUE : 0), id, event.timeMicros());
            case Value.Text(String text) -> {
                head(ValueType.TEXT.code() | quality, id, event.timeMicros());
                putText(text);
            }
        }
    }

    /** Keeps the place of an event that was too large: its sequence is used up, the reader finds a gap there. */
    void refused(long sequence, long micros) {
        number(sequence);
        ensure(12);
        bytes[at++] = Format.TAG_REFUSED;
        putMicros(micros);
    }

    void gap(Gap gap) {
        ensure(48);
        bytes[at++] = Format.TAG_GAP;
        bytes[at++] = (byte) Format.codeOf(gap.reason());
        putLong(gap.stream().epoch());
        putLong(gap.range().first());
        putLong(gap.range().last());
        putLong(gap.fromMicros());
        putLong(gap.toMicros());
    }

    void state(StoredState state) {
        ensure(16);
        bytes[at++] = Format.TAG_STATE;
        putLong(state.revision());
        putText(state.input());
        ensure(10 + state.bytes().length);
        putVarint(state.bytes().length);
        System.arraycopy(state.bytes(), 0, bytes, at, state.bytes().length);
        at += state.bytes().length;
    }

    /** Completes the block and gives its bytes, valid until the next call of {@link #clear} or an entry. */
    ByteBuffer finish(byte kind, SegmentHeader segment, long firstSequence, long writtenMicros) {
        ByteBuffer.wrap(bytes)
                .putInt(0, Format.BLOCK_MAGIC | kind)
                .putInt(8, at - Format.BLOCK_HEADER_BYTES)
                .putLong(12, count == 0 ? firstSequence : first)
                .putInt(20, count)
                .putLong(24, writtenMicros)
                .putLong(32, minMicros)
                .putLong(40, maxMicros)
                .putInt(4, Format.crcOf(segment.stream().epoch(), segment.index(), bytes, 0, at));
        return ByteBuffer.wrap(bytes, 0, at);
    }

    /** Begins the next block. */
    void clear() {
        at = Format.BLOCK_HEADER_BYTES;
        count = 0;
        previousMicros = 0;
        minMicros = Long.MAX_VALUE;
        maxMicros = Long.MIN_VALUE;
        idBySeries.clear();
        if (bytes.length > 4 * INITIAL_BYTES) {
            bytes = new byte[INITIAL_BYTES];
        }
    }

    /** The block that ends a segment. */
    static ByteBuffer seal(Segment segment, boolean clean) {
        byte[] b = new byte[Format.SEAL_BYTES];
        ByteBuffer seal = ByteBuffer.wrap(b)
                .putInt(0, Format.BLOCK_MAGIC | Format.SEAL)
                .putInt(8, Format.SEAL_BYTES - Format.BLOCK_HEADER_BYTES)
                .putLong(12, segment.first())
                .putInt(20, 0)
                .putLong(24, segment.writtenMicros())
                .putLong(32, segment.minMicros())
                .putLong(40, segment.maxMicros())
                .put(48, (byte) (clean ? 1 : 0))
                .putLong(49, segment.last());
        return seal.putInt(4, Format.crcOf(segment.epoch(), segment.index(), b, 0, b.length));
    }

    private void number(long sequence) {
        if (count == 0) {
            first = sequence;
        } else if (sequence != first + count) {
            throw new IllegalStateException(
                    "block of %d from %d is given %d, expected the next".formatted(count, first, sequence));
        }
        count++;
    }

    private int idOf(Series series) {
        Integer id = idBySeries.get(series);
        if (id == null) {
            id = idBySeries.size();
            idBySeries.put(series, id);
            ensure(1);
            bytes[at++] = Format.TAG_SERIES;
            putText(series.device());
            putText(series.metric());
            putText(series.unit());
        }
        return id;
    }

    private void head(int tag, int series, long micros) {
        ensure(40);
        bytes[at++] = (byte) tag;
        putVarint(series);
        putMicros(micros);
    }

    private void putMicros(long micros) {
        putVarint(Format.zigzag(micros - previousMicros));
        previousMicros = micros;
        minMicros = Math.min(minMicros, micros);
        maxMicros = Math.max(maxMicros, micros);
    }

    private void putText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ensure(5 + utf8.length);
        putVarint(utf8.length);
        System.arraycopy(utf8, 0, bytes, at, utf8.length);
        at += utf8.length;
    }

    private void putVarint(long n) {
        while ((n & ~0x7FL) != 0) {
            bytes[at++] = (byte) (n | 0x80);
            n >>>= 7;
        }
        bytes[at++] = (byte) n;
    }

    private void putLong(long n) {
        LONG.set(bytes, at, n);
        at += 8;
    }

    private void ensure(int more) {
        if (bytes.length - at < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, at + more));
        }
    }

    /** Whether the event is larger than the spool and the wire take. */
    static boolean isTooLarge(Event event) {
        return event.value() instanceof Value.Text(String text)
                && text.length() > EventBatch.EVENT_BYTES_MAX / 4
                && EventBatch.bytesOf(event) > EventBatch.EVENT_BYTES_MAX;
    }
}
