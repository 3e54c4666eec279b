package io.millrace.gateway.api;

import io.millrace.gateway.api.Keyset.Page;
import io.millrace.store.Store;
import io.millrace.store.sql.Row;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the {@code dead_letters} table. */
@Singleton
final class DeadLetterTable {
    private static final Keyset<DeadLetterRow> KEYSET = new Keyset<>(DeadLetterRow.ORDER, DeadLetterRow::micros);

    private final Store store;

    DeadLetterTable(Store store) {
        this.store = store;
    }

    /** Which letters are asked for, and from where on. */
    record Question(SqlFilter filter, @Nullable DeadLetterRow after) {
        /** Reads the parameters that name letters; the caller checks them. */
        static Question of(Parameters parameters) {
            SqlFilter filter = new SqlFilter()
                    .and("site = ?", parameters.text("site"))
                    .and("agent = ?", parameters.text("agent"))
                    .and("reason = ?", parameters.text("reason"));
            parameters.time("from").ifPresent(from -> filter.and("ts >= ?", instant(from)));
            parameters.time("to").ifPresent(to -> filter.and("ts < ?", instant(to)));
            DeadLetterRow after = parameters.read("cursor", DeadLetterRow::ofCursor);
            if (after != null) {
                filter.and("ts <= ?", instant(after.micros()));
            }
            return new Question(filter, after);
        }
    }

    /** The latest first, with their payloads. */
    Page<DeadLetterRow> wholePage(Question question, int limit) throws InterruptedException {
        return page(question, limit, DeadLetterRow.COLUMNS_AND_PAYLOAD, DeadLetterRow::ofWhole);
    }

    /** The latest first, without their payloads. */
    Page<DeadLetterRow> page(Question question, int limit) throws InterruptedException {
        return page(question, limit, DeadLetterRow.COLUMNS, DeadLetterRow::of);
    }

    private Page<DeadLetterRow> page(Question question, int limit, String columns, Function<Row, DeadLetterRow> reader)
            throws InterruptedException {
        String select = "SELECT " + columns + " FROM dead_letters " + question.filter.where() + " ORDER BY ts DESC";
        return KEYSET.page(rowsMax -> rows(select, question.filter.binds(), rowsMax, reader), question.after, limit);
    }

    /** The letter with its payload, or null if there is none of that id. */
    @Nullable
    DeadLetterRow whole(DeadLetterId id) throws InterruptedException {
        return one(new SqlFilter(), id);
    }

    /** The same letter as it is now, with its payload. */
    @Nullable
    DeadLetterRow again(DeadLetterRow row) throws InterruptedException {
        return one(new SqlFilter().and("ts = ?", instant(row.micros())), row.id());
    }

    private @Nullable DeadLetterRow one(SqlFilter filter, DeadLetterId id) throws InterruptedException {
        filter.and("position = ?", id.position());
        String select = "SELECT " + DeadLetterRow.COLUMNS_AND_PAYLOAD + " FROM dead_letters " + filter.where();
        return rows(select, filter.binds(), Keyset.INSTANT_ROWS_MAX, DeadLetterRow::ofWhole).stream()
                .filter(row -> row.id().equals(id))
                .findAny()
                .orElse(null);
    }

    private List<DeadLetterRow> rows(
            String select, List<Object> binds, int rowsMax, Function<Row, DeadLetterRow> reader)
            throws InterruptedException {
        var rows = new ArrayList<DeadLetterRow>();
        store.sql().query(select, binds, rowsMax, row -> rows.add(reader.apply(row)));
        return rows;
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
