package io.millrace.store;

import io.millrace.store.derive.LogSpan;
import io.millrace.store.log.EntryKind;
import io.millrace.store.sql.Sql;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Finds stretches of the log by event time; reads three narrow columns of all entries. */
final class LogSpans {
    private static final String KINDS = "kind IN (%d, %d, %d, %d)"
            .formatted(EntryKind.BATCH.code(), EntryKind.PLAIN.code(), EntryKind.TICK.code(), EntryKind.REDRIVE.code());
    private static final String OF_TIME =
            "SELECT min(position), max(position), max(ts) FROM log WHERE to_ts >= $1 AND from_ts < $2 AND " + KINDS;
    private static final String UP_TO = "SELECT max(position) FROM log WHERE ts >= $1 AND ts <= $2";
    private static final String EVENTS =
            "SELECT sum(CASE WHEN kind = %d THEN 0 WHEN kind = %d THEN 1 ELSE count END) FROM log WHERE position >= $1 AND position <= $2 AND "
                            .formatted(EntryKind.TICK.code(), EntryKind.PLAIN.code())
                    + KINDS;

    private final Sql sql;

    LogSpans(Sql sql) {
        this.sql = sql;
    }

    LogSpan find(long fromMicros, long toMicros, int settleSeconds) throws InterruptedException {
        long[] found = new long[3];
        sql.query(OF_TIME, List.of(instant(fromMicros), instant(toMicros)), 1, row -> {
            found[0] = row.integer(0);
            found[1] = row.integer(1);
            found[2] = row.micros(2);
        });
        if (found[0] < 1) {
            return LogSpan.EMPTY;
        }
        long[] last = {found[1]};
        long settledMicros = found[2] + Duration.ofSeconds(settleSeconds).toMillis() * 1_000;
        sql.query(
                UP_TO,
                List.of(instant(found[2]), instant(settledMicros)),
                1,
                row -> last[0] = Math.max(last[0], row.integer(0)));
        long[] events = {0};
        sql.query(EVENTS, List.of(found[0], last[0]), 1, row -> events[0] = Math.max(0, row.integer(0)));
        return new LogSpan(found[0], last[0], events[0]);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
