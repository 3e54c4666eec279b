package io.millrace.model.wire;

/** Reads the columns of {@link ColumnEncoder} within memory for as many longs as were asked for. */
final class ColumnDecoder {
    private ColumnDecoder() {}

    /** Reads {@code count} longs into the start of {@code values}. */
    static void read(ByteReader in, long[] values, int count) throws MalformedMessageException {
        read(in, values, 0, count, 0);
    }

    private static void read(ByteReader in, long[] values, int from, int count, int depth)
            throws MalformedMessageException {
        if (count == 0) {
            return;
        }
        if (depth > ColumnEncoder.DEPTH_MAX) {
            throw in.wrong("columns nest deeper than %d".formatted(ColumnEncoder.DEPTH_MAX));
        }
        int form = in.u8();
        switch (form) {
            case ColumnEncoder.DELTAS -> readDeltas(in, values, from, count, depth);
            case ColumnEncoder.DIVIDED -> readDivided(in, values, from, count, depth);
            case ColumnEncoder.DICTIONARY -> readDictionary(in, values, from, count, depth);
            default -> readPacked(in, values, from, count, form);
        }
    }

    private static void readPacked(ByteReader in, long[] values, int from, int count, int form)
            throws MalformedMessageException {
        int width = form & ~ColumnEncoder.PATCHED;
        if (width > Long.SIZE) {
            throw in.wrong("column form is %d, which does not exist,".formatted(form));
        }
        long base = in.zigzag();
        in.unpack(values, from, count, base, width);
        if (form == width) {
            return;
        }
        int patches = in.count("number of patches", 1, count);
        int place = 0;
        for (int i = 0; i < patches; i++) {
            place += in.count("place of a patch", 0, count - 1 - place);
            values[from + place] = base + in.zigzag();
        }
    }

    private static void readDeltas(ByteReader in, long[] values, int from, int count, int depth)
            throws MalformedMessageException {
        long value = in.zigzag();
        values[from] = value;
        read(in, values, from + 1, count - 1, depth + 1);
        for (int i = from + 1; i < from + count; i++) {
            value += values[i];
            values[i] = value;
        }
    }

    private static void readDivided(ByteReader in, long[] values, int from, int count, int depth)
            throws MalformedMessageException {
        long base = in.zigzag();
        long divisor = in.varint();
        read(in, values, from, count, depth + 1);
        for (int i = from; i < from + count; i++) {
            values[i] = base + divisor * values[i];
        }
    }

    private static void readDictionary(ByteReader in, long[] values, int from, int count, int depth)
            throws MalformedMessageException {
        long[] dictionary = new long[in.count("size of a dictionary", 1, count)];
        read(in, dictionary, 0, dictionary.length, depth + 1);
        read(in, values, from, count, depth + 1);
        for (int i = from; i < from + count; i++) {
            long place = values[i];
            if (place < 0 || place >= dictionary.length) {
                throw in.wrong("a value is number %d of a dictionary of %d before".formatted(place, dictionary.length));
            }
            values[i] = dictionary[(int) place];
        }
    }
}
