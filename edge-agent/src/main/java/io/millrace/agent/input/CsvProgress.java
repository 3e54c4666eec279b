package io.millrace.agent.input;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How far a file has been read; stored with the events of the rows before it.
 *
 * @param offset of the next row's first byte; 0 before the header
 * @param line of the next row
 * @param refused rows so far that were no events
 * @param shift how times are moved, null if they are not, or not yet
 * @param head proves that it is still the same file
 */
record CsvProgress(
        long offset, long line, long refused, @Nullable Shift shift, Head head) {
    static final CsvProgress START = new CsvProgress(0, 1, 0, null, new Head(0, 0));

    private static final String VERSION = "1";

    /**
     * Moves recorded times to today: {@code from} becomes {@code to}.
     *
     * @param from a recorded time, microseconds since 1970
     */
    record Shift(long from, long to) {
        long apply(long timeMicros, double speed) {
            return to + Math.round((timeMicros - from) / speed);
        }
    }

    /** The file's first bytes, as a CRC-32C. */
    record Head(int length, int crc) {}

    CsvProgress movedTo(long newOffset, long newLine) {
        return new CsvProgress(newOffset, newLine, refused, shift, head);
    }

    CsvProgress withRefused(long newRefused) {
        return new CsvProgress(offset, line, newRefused, shift, head);
    }

    CsvProgress withHead(Head newHead) {
        return new CsvProgress(offset, line, refused, shift, newHead);
    }

    CsvProgress shiftedBy(Shift newShift) {
        return new CsvProgress(offset, line, refused, newShift, head);
    }

    /** The beginning of another file that continues this one. */
    CsvProgress restarted() {
        return new CsvProgress(0, 1, refused, shift, START.head);
    }

    /** Words in ASCII: version, offset, line, refused, head's length and CRC, and the shift if there is one. */
    byte[] encode() {
        String text = "%s %d %d %d %d %d".formatted(VERSION, offset, line, refused, head.length, head.crc);
        String moved = shift == null ? "" : " %d %d".formatted(shift.from, shift.to);
        return (text + moved).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * @throws IllegalArgumentException if the bytes are no progress of this version
     */
    static CsvProgress decode(byte[] bytes) {
        String[] words = new String(bytes, StandardCharsets.US_ASCII).split(" ", -1);
        if ((words.length != 6 && words.length != 8) || !words[0].equals(VERSION)) {
            throw new IllegalArgumentException(
                    "progress of a csv input is %d words of version %s, expected 6 or 8 of %s"
                            .formatted(words.length, words[0], VERSION));
        }
        return new CsvProgress(
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                words.length == 6 ? null : new Shift(Long.parseLong(words[6]), Long.parseLong(words[7])),
                new Head(Integer.parseInt(words[4]), Integer.parseInt(words[5])));
    }
}
