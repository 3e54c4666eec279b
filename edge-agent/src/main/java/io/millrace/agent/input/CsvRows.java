package io.millrace.agent.input;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a file into rows as RFC 4180 does: fields in double quotes may hold the delimiter, line breaks and doubled quotes.
 * Reads forward in chunks, so memory does not grow with the file. Not thread-safe.
 *
 * <p>A row that cannot be read costs its own line only: when a quote is never closed, reading goes on at the next line.
 */
final class CsvRows {
    /** Longest row, in bytes. */
    static final int ROW_BYTES_MAX = 256 * 1024;

    private static final int CHUNK_BYTES = 32 * 1024;
    private static final int NOT_FOUND = -1;

    /** What was read next. */
    sealed interface Row {
        /**
         * @param line where it begins, from 1
         * @param end offset of the byte behind it, where the next row begins
         * @param nextLine the line of the next row
         */
        record Cells(long line, long end, long nextLine, List<String> cells) implements Row {}

        /** A row that is none. */
        record Unreadable(long line, long end, long nextLine, String reason) implements Row {}

        /** No further complete row is in the file now. */
        record None() implements Row {}
    }

    private final FileChannel file;
    private final byte delimiter;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private byte[] buffer = new byte[CHUNK_BYTES];
    private int start;
    private int limit;
    private long offset;
    private long line;
    private boolean quoteIsOpen;

    /**
     * @param offset where a row begins
     * @param line its number
     */
    CsvRows(FileChannel file, char delimiter, long offset, long line) {
        this.file = file;
        this.delimiter = (byte) delimiter;
        this.offset = offset;
        this.line = line;
    }

    /**
     * Reads a row. Empty lines are passed over.
     *
     * @param toTheEnd whether bytes behind the last line break are a row too; if not, they are left for later
     */
    Row next(boolean toTheEnd) throws IOException {
        skipByteOrderMark();
        while (true) {
            int end = endOfRow(true);
            if (end == NOT_FOUND && isTooLong()) {
                return unreadable("longer than %d bytes, or a quote is not closed".formatted(ROW_BYTES_MAX));
            }
            if (end == NOT_FOUND && !toTheEnd) {
                return new Row.None();
            }
            if (end == NOT_FOUND && quoteIsOpen) {
                return unreadable("a quote is not closed");
            }
            if (end == NOT_FOUND && start == limit) {
                return new Row.None();
            }
            Row row = row(start, end == NOT_FOUND ? limit : end);
            if (!(row instanceof Row.None)) {
                return row;
            }
        }
    }

    private void skipByteOrderMark() throws IOException {
        if (offset == 0) {
            while (limit - start < 3 && fill()) {}
            if (limit - start >= 3
                    && buffer[start] == (byte) 0xEF
                    && buffer[start + 1] == (byte) 0xBB
                    && buffer[start + 2] == (byte) 0xBF) {
                advance(3);
            }
        }
    }

    private boolean isTooLong() {
        return limit - start >= ROW_BYTES_MAX;
    }

    /** Place of the line break that ends the row at {@code start}, outside quotes if these count; reads as needed. */
    private int endOfRow(boolean quotesCount) throws IOException {
        boolean quoted = false;
        boolean fieldStart = true;
        boolean closed = false;
        for (int i = 0; ; i++) {
            if (start + i == limit && !fill()) {
                quoteIsOpen = quoted;
                return NOT_FOUND;
            }
            byte b = buffer[start + i];
            if (quoted) {
                quoted = b != '"';
                closed = !quoted;
            } else if (b == '"' && quotesCount && (fieldStart || closed)) {
                quoted = true;
                fieldStart = false;
            } else if (b == '\n') {
                return start + i;
            } else {
                fieldStart = b == delimiter;
                closed = false;
            }
        }
    }

    /** Gives up the line at {@code start}: passes over it up to its line break, however far that is. */
    private Row unreadable(String reason) throws IOException {
        long at = line;
        int end = endOfRow(false);
        while (end == NOT_FOUND && isTooLong()) {
            advance(limit - start);
            end = endOfRow(false);
        }
        advance(end == NOT_FOUND ? limit - start : end + 1 - start);
        line++;
        return new Row.Unreadable(at, offset, line, reason);
    }

    private Row row(int from, int lineBreak) {
        int to = lineBreak > from && buffer[lineBreak - 1] == '\r' ? lineBreak - 1 : lineBreak;
        long at = line;
        for (int i = from; i < lineBreak; i++) {
            line += buffer[i] == '\n' ? 1 : 0;
        }
        line++;
        try {
            List<String> cells = from == to ? List.of() : cells(from, to);
            advance(Math.min(lineBreak + 1, limit) - start);
            return cells.isEmpty() ? new Row.None() : new Row.Cells(at, offset, line, cells);
        } catch (CharacterCodingException e) {
            advance(Math.min(lineBreak + 1, limit) - start);
            return new Row.Unreadable(at, offset, line, "not UTF-8");
        }
    }

    private List<String> cells(int from, int to) throws CharacterCodingException {
        var cells = new ArrayList<String>();
        int at = from;
        while (true) {
            int end = at < to && buffer[at] == '"' ? endOfQuoted(at + 1, to) : at;
            while (end < to && buffer[end] != delimiter) {
                end++;
            }
            cells.add(cell(at, end));
            if (end == to) {
                return cells;
            }
            at = end + 1;
        }
    }

    /** Place behind the closing quote. */
    private int endOfQuoted(int from, int to) {
        int i = from;
        while (i < to && (buffer[i] != '"' || (i + 1 < to && buffer[i + 1] == '"'))) {
            i += buffer[i] == '"' ? 2 : 1;
        }
        return Math.min(i + 1, to);
    }

    private String cell(int from, int to) throws CharacterCodingException {
        String text = utf8.decode(ByteBuffer.wrap(buffer, from, to - from)).toString();
        if (!text.startsWith("\"")) {
            return text;
        }
        String inner =
                text.endsWith("\"") && text.length() > 1 ? text.substring(1, text.length() - 1) : text.substring(1);
        return inner.replace("\"\"", "\"");
    }

    private void advance(int bytes) {
        start += bytes;
        offset += bytes;
    }

    /** Reads on behind what is buffered; false at the end of the file or when a row fills the buffer. */
    private boolean fill() throws IOException {
        if (isTooLong()) {
            return false;
        }
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, limit - start);
            limit -= start;
            start = 0;
        }
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(2 * buffer.length, ROW_BYTES_MAX));
        }
        int read = file.read(ByteBuffer.wrap(buffer, limit, buffer.length - limit), offset + limit);
        limit += Math.max(0, read);
        return read > 0;
    }
}
