package io.millrace.agent.spool;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.ValueType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the entries of one block whose checksum held. {@link #next} moves to the next entry, the others tell of it.
 * Entries that make no sense all the same are an {@link IllegalArgumentException} or {@link IndexOutOfBoundsException}.
 */
final class BlockReader {
    /** What an entry is. */
    enum Entry {
        EVENT,
        REFUSED,
        GAP,
        STATE,
        END
    }

    private final List<Series> series = new ArrayList<>();
    private StreamId stream = new StreamId("none", "none", "none", 0);
    private ByteBuffer in = ByteBuffer.allocate(0);
    private int tag;
    private int seriesId;
    private long micros;
    private long bits;
    private @Nullable String text;
    private @Nullable Gap gap;
    private @Nullable StoredState state;

    /** Begins with a block's payload. The bytes must not change while they are walked over. */
    void reset(StreamId newStream, byte[] bytes, int from, int length) {
        stream = newStream;
        in = ByteBuffer.wrap(bytes, from, length);
        micros = 0;
        series.clear();
    }

    Entry next() {
        while (in.hasRemaining()) {
            tag = in.get();
            switch (tag & Format.TAG_KIND) {
                case Format.TAG_SERIES -> series.add(new Series(text(), text(), text()));
                case Format.TAG_REFUSED -> {
                    micros += Format.unzigzag(varint());
                    return Entry.REFUSED;
                }
                case Format.TAG_GAP -> {
                    gap = readGap();
                    return Entry.GAP;
                }
                case Format.TAG_STATE -> {
                    state = readState();
                    return Entry.STATE;
                }
                default -> {
                    readEvent();
                    return Entry.EVENT;
                }
            }
        }
        return Entry.END;
    }

    private void readEvent() {
        seriesId = (int) varint();
        if (seriesId < 0 || seriesId >= series.size()) {
            throw new IllegalArgumentException("series %d of %d".formatted(seriesId, series.size()));
        }
        micros += Format.unzigzag(varint());
        text = null;
        switch (type()) {
            case NUMBER -> bits = in.getLong();
            case INTEGER -> bits = Format.unzigzag(varint());
            case BOOLEAN -> bits = (tag & Format.TAG_TRUE) != 0 ? 1 : 0;
            case TEXT -> {
                bits = 0;
                text = text();
            }
        }
    }

    /** The series that the block has named so far; their places are what {@link #seriesId} gives. */
    List<Series> series() {
        return series;
    }

    int seriesId() {
        return seriesId;
    }

    /** Event time, of an event or of one that was refused. */
    long micros() {
        return micros;
    }

    ValueType type() {
        return ValueType.ofCode(tag & Format.TAG_KIND);
    }

    Quality quality() {
        return Quality.ofCode((tag >> Format.TAG_QUALITY_SHIFT) & 3);
    }

    long bits() {
        return bits;
    }

    @Nullable
    String textOrNull() {
        return text;
    }

    Gap gap() {
        if (gap == null) {
            throw new IllegalStateException("no gap was read");
        }
        return gap;
    }

    StoredState state() {
        if (state == null) {
            throw new IllegalStateException("no state was read");
        }
        return state;
    }

    private Gap readGap() {
        Gap.Reason reason = Format.reasonOf(in.get());
        var of = new StreamId(stream.site(), stream.agent(), stream.lane(), in.getLong());
        return new Gap(of, new Interval(in.getLong(), in.getLong()), reason, in.getLong(), in.getLong());
    }

    private StoredState readState() {
        long revision = in.getLong();
        String input = text();
        byte[] bytes = new byte[length()];
        in.get(bytes);
        return new StoredState(input, revision, bytes);
    }

    private String text() {
        int length = length();
        var s = new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
        in.position(in.position() + length);
        return s;
    }

    /** A length that the rest of the block can hold. */
    private int length() {
        long length = varint();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("length %d, only %d bytes are left".formatted(length, in.remaining()));
        }
        return (int) length;
    }

    private long varint() {
        long n = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte b = in.get();
            n |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return n;
            }
        }
        throw new IllegalArgumentException("varint longer than 10 bytes");
    }
}
