package io.millrace.gateway.api;

import io.millrace.model.Quality;
import io.millrace.model.ValueType;
import io.millrace.store.sql.Row;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** One row of the {@code events} table. */
record EventRow(
        long micros,
        String site,
        String agent,
        String lane,
        long epoch,
        long sequence,
        String device,
        String metric,
        String unit,
        ValueType type,
        double value,
        @Nullable String text,
        Quality quality) {
    /** What {@link #of(Row)} reads, in this order. */
    static final String COLUMNS = "ts, site, agent, lane, epoch, seq, device, metric, unit, type, value, text, quality";

    /** Event time, then the event's identity. */
    static final Comparator<EventRow> ORDER = Comparator.comparingLong(EventRow::micros)
            .thenComparing(EventRow::site)
            .thenComparing(EventRow::agent)
            .thenComparing(EventRow::lane)
            .thenComparingLong(EventRow::epoch)
            .thenComparingLong(EventRow::sequence);

    static EventRow of(Row row) {
        return new EventRow(
                row.micros(0),
                row.textOrEmpty(1),
                row.textOrEmpty(2),
                row.textOrEmpty(3),
                row.integer(4),
                row.integer(5),
                row.textOrEmpty(6),
                row.textOrEmpty(7),
                row.textOrEmpty(8),
                ValueType.ofCode((int) row.integer(9)),
                row.number(10),
                row.text(11),
                Quality.ofCode((int) row.integer(12)));
    }

    /** This row's place in {@link #ORDER}, opaque to clients. */
    String cursor() {
        String place = String.join(
                "\n", Long.toString(micros), site, agent, lane, Long.toString(epoch), Long.toString(sequence));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A row at the place that a cursor names, without its reading.
     *
     * @throws IllegalArgumentException if it is no cursor
     */
    static EventRow ofCursor(String cursor) {
        try {
            String[] place = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split("\n", -1);
            return new EventRow(
                    Long.parseLong(place[0]),
                    place[1],
                    place[2],
                    place[3],
                    Long.parseLong(place[4]),
                    Long.parseLong(place[5]),
                    "",
                    "",
                    "",
                    ValueType.TEXT,
                    Double.NaN,
                    null,
                    Quality.GOOD);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("'%s' is no cursor, expected \"next\" of a page".formatted(cursor), e);
        }
    }
}
