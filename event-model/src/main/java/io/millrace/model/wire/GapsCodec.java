package io.millrace.model.wire;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.StreamId;
import java.util.ArrayList;
import java.util.List;

/**
 * The payload of a message of n gaps, version 1: five columns.
 *
 * <pre>
 * gaps(n) := column(n) first sequences
 *            column(n) last minus first; the last of an open end is 2^63-1
 *            column(n) reasons: 1 disk_full, 2 expired, 3 refused, 4 unsynced_loss, 5 damaged, 6 closed
 *            column(n) earliest event times, µs since 1970
 *            column(n) latest event times
 * </pre>
 */
final class GapsCodec {
    /** Most gaps in one message. */
    static final int GAPS_MAX = 10_000;

    private static final Gap.Reason[] REASONS = Gap.Reason.values();

    private GapsCodec() {}

    static void write(ByteWriter out, List<Gap> gaps) {
        var columns = new long[5][gaps.size()];
        for (int i = 0; i < gaps.size(); i++) {
            Gap gap = gaps.get(i);
            columns[0][i] = gap.range().first();
            columns[1][i] = gap.range().last() - gap.range().first();
            columns[2][i] = code(gap.reason());
            columns[3][i] = gap.fromMicros();
            columns[4][i] = gap.toMicros();
        }
        var encoder = new ColumnEncoder();
        for (long[] column : columns) {
            encoder.write(out, column, column.length);
        }
    }

    static List<Gap> read(ByteReader in, StreamId stream, int count) throws MalformedMessageException {
        var columns = new long[5][count];
        for (long[] column : columns) {
            ColumnDecoder.read(in, column, count);
        }
        if (in.remaining() > 0) {
            throw in.wrong("%d bytes are left over".formatted(in.remaining()));
        }
        var gaps = new ArrayList<Gap>(count);
        for (int i = 0; i < count; i++) {
            long reason = columns[2][i];
            if (reason < 1 || reason > REASONS.length) {
                throw in.wrong("reason of gap %d is %d, expected 1 to %d, in the columns that end"
                        .formatted(i, reason, REASONS.length));
            }
            try {
                var range = new Interval(columns[0][i], columns[0][i] + columns[1][i]);
                gaps.add(new Gap(stream, range, REASONS[(int) reason - 1], columns[3][i], columns[4][i]));
            } catch (IllegalArgumentException e) {
                throw in.wrong("gap %d: %s, in the columns that end".formatted(i, e.getMessage()));
            }
        }
        return gaps;
    }

    private static int code(Gap.Reason reason) {
        return switch (reason) {
            case DISK_FULL -> 1;
            case EXPIRED -> 2;
            case REFUSED -> 3;
            case UNSYNCED_LOSS -> 4;
            case DAMAGED -> 5;
            case CLOSED -> 6;
        };
    }
}
