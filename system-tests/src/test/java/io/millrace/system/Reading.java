package io.millrace.system;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * A reading as its producer knows it, to be compared with a row of {@code events}. No two of an agent have one time, so
 * two rows that are equal are one reading stored twice.
 *
 * @param timeMicros since 1970
 * @param value exact, as text: what a number reads back as, digits, {@code true} or {@code false}, or the text
 */
record Reading(String lane, String device, String metric, String unit, long timeMicros, Type type, String value) {
    /** Columns of {@code events} from which {@link #of} makes one. */
    static final String COLUMNS = "lane, device, metric, unit, cast(ts AS long), type, value, text";

    /** In the order of their numbers in the store, from 1. */
    enum Type {
        NUMBER,
        INTEGER,
        BOOLEAN,
        TEXT
    }

    static Reading of(List<String> row) {
        Type type = Type.values()[Integer.parseInt(row.get(5)) - 1];
        String value = switch (type) {
            case NUMBER -> Double.toString(Double.parseDouble(row.get(6)));
            case BOOLEAN -> Boolean.toString(Double.parseDouble(row.get(6)) == 1);
            case INTEGER, TEXT -> row.get(7);
        };
        return new Reading(row.get(0), row.get(1), row.get(2), row.get(3), Long.parseLong(row.get(4)), type, value);
    }

    /** As {@code POST /events} takes it. Its texts hold nothing that JSON would have to escape. */
    String json() {
        Instant time = Instant.EPOCH.plus(timeMicros, ChronoUnit.MICROS);
        String literal = type == Type.TEXT ? '"' + value + '"' : value;
        return """
                {"lane":"%s","device":"%s","metric":"%s","unit":"%s","ts":"%s","value":%s}""".formatted(lane, device, metric, unit, time, literal);
    }
}
