package io.millrace.gateway.api;

import io.millrace.store.log.Letter;
import io.millrace.store.log.Verdict;
import io.millrace.store.sql.Row;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One row of the {@code dead_letters} table.
 *
 * @param redrivenMicros when it was driven again last; {@link Long#MIN_VALUE} if never
 * @param outcome {@code stored} once it is no dead letter any more
 * @param payload null where it was not asked for
 */
record DeadLetterRow(
        long micros,
        DeadLetterId id,
        String site,
        String agent,
        @Nullable String topic,
        String reason,
        String detail,
        String lane,
        long epoch,
        long redrivenMicros,
        @Nullable String outcome,
        byte @Nullable [] payload) {
    /** What {@link #of(Row)} reads, in this order. */
    static final String COLUMNS =
            "ts, position, seq, site, agent, topic, reason, detail, lane, epoch, redriven_ts, outcome";

    /** What {@link #ofWhole(Row)} reads. */
    static final String COLUMNS_AND_PAYLOAD = COLUMNS + ", payload";

    private static final int PAYLOAD = 12;

    /** The latest first. */
    static final Comparator<DeadLetterRow> ORDER = Comparator.comparingLong(DeadLetterRow::micros)
            .thenComparingLong(row -> row.id.position())
            .thenComparingLong(row -> row.id.sequence())
            .reversed();

    static DeadLetterRow of(Row row) {
        return of(row, null);
    }

    static DeadLetterRow ofWhole(Row row) {
        byte[] payload = row.bytes(PAYLOAD);
        return of(row, payload == null ? new byte[0] : payload);
    }

    private static DeadLetterRow of(Row row, byte @Nullable [] payload) {
        return new DeadLetterRow(
                row.micros(0),
                new DeadLetterId(row.integer(1), row.integer(2)),
                row.textOrEmpty(3),
                row.textOrEmpty(4),
                row.text(5),
                row.textOrEmpty(6),
                row.textOrEmpty(7),
                row.textOrEmpty(8),
                row.integer(9),
                row.micros(10),
                row.text(11),
                payload);
    }

    Letter letter() {
        return new Letter(
                micros,
                id.position(),
                known(id.sequence()),
                site,
                agent,
                lane,
                known(epoch),
                topic,
                new Verdict.DeadLetter(reason, detail));
    }

    @Nullable
    Long sequence() {
        return known(id.sequence());
    }

    private static @Nullable Long known(long value) {
        return value == Letter.UNKNOWN ? null : value;
    }

    /** This row's place, opaque to clients. */
    String cursor() {
        return micros + "." + id.position() + "." + id.sequence();
    }

    /**
     * A row at the place that a cursor names, without its letter.
     *
     * @throws IllegalArgumentException if it is no cursor
     */
    static DeadLetterRow ofCursor(String cursor) {
        try {
            String[] place = cursor.split("\\.", -1);
            return new DeadLetterRow(
                    Long.parseLong(place[0]),
                    new DeadLetterId(Long.parseLong(place[1]), Long.parseLong(place[2])),
                    "",
                    "",
                    null,
                    "",
                    "",
                    "",
                    0,
                    Letter.UNKNOWN,
                    null,
                    null);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("'%s' is no cursor, expected \"next\" of a page".formatted(cursor), e);
        }
    }
}
