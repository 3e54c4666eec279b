package io.millrace.store.sql;

import org.jspecify.annotations.Nullable;

/**
 * The current row of a query; columns are counted from 0 in the order of the SELECT. Valid during the call only. A column
 * of another type is refused with {@link IllegalArgumentException}.
 */
public interface Row {
    /** Of a SYMBOL, VARCHAR or STRING column. */
    @Nullable
    String text(int column);

    /** Like {@link #text} for a column that is never null. */
    default String textOrEmpty(int column) {
        String text = text(column);
        return text == null ? "" : text;
    }

    /** Of a LONG, INT, SHORT or BYTE column; null is {@link Long#MIN_VALUE}. */
    long integer(int column);

    /** Of a DOUBLE or FLOAT column; null is NaN. */
    double number(int column);

    /** Of a TIMESTAMP column, microseconds since 1970; null is {@link Long#MIN_VALUE}. */
    long micros(int column);

    boolean bool(int column);

    byte @Nullable [] bytes(int column);
}
