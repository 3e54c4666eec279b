package io.millrace.store;

import io.millrace.model.StreamId;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.Retire;
import io.millrace.store.log.Retire.Count;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives up events that are older than wanted, so that the ledger still explains each of them: first the floor is raised
 * in the log, so that no older event is stored behind that; then the rows below it are counted and the counts logged;
 * then the rows are dropped. A crash anywhere between does no harm: the next pass does what is left. The log itself
 * keeps its entries.
 */
public final class Retention {
    /** What a pass waits for at most, each time. */
    private static final Duration VISIBLE_MAX = Duration.ofSeconds(60);

    private static final int DROPS_MAX = 5;

    private final Store store;
    private final Appender appender;

    /** Has entries logged. */
    @FunctionalInterface
    public interface Appender {
        /** Logs them in one commit; blocks until they are durable and were handed to the derivation. */
        void append(List<LogEntry> entries) throws InterruptedException;
    }

    public Retention(Store store, Appender appender) {
        this.store = store;
        this.appender = appender;
    }

    /**
     * Gives up all events of the days before that time; blocks for as long as that takes.
     *
     * @return false if what is logged could not be read in time; then some of it is left to the next pass
     * @throws io.millrace.store.sql.SqlFailedException if the rows cannot be counted
     * @throws IllegalStateException if the rows cannot be dropped
     */
    public boolean giveUp(Instant before) throws InterruptedException {
        if (!store.awaitVisible(VISIBLE_MAX)) {
            return false;
        }
        long floor = micros(before.truncatedTo(ChronoUnit.DAYS));
        return (floor <= store.ledger().retiredMicros() || count(floor)) && drop();
    }

    private boolean count(long floor) throws InterruptedException {
        if (store.ledger().floorMicros() < floor) {
            appender.append(List.of(Retire.floor(floor).logged()));
            if (!store.awaitVisible(VISIBLE_MAX)) {
                return false;
            }
        }
        appender.append(Retire.counted(floor, counts(floor)).stream()
                .map(Retire::logged)
                .toList());
        return store.awaitVisible(VISIBLE_MAX);
    }

    /** Of what is older than the floor and was not counted before. */
    private List<Count> counts(long floor) throws InterruptedException {
        long counted = Math.max(0, store.ledger().retiredMicros());
        List<Object> range = List.of(instant(counted), instant(floor));
        var counts = new ArrayList<Count>();
        store.sql()
                .query(
                        "SELECT site, agent, lane, epoch, count() FROM events"
                                + " WHERE lane != 'plain' AND ts >= $1 AND ts < $2",
                        range,
                        Long.MAX_VALUE,
                        row -> counts.add(new Count(
                                new StreamId(
                                        row.textOrEmpty(0), row.textOrEmpty(1), row.textOrEmpty(2), row.integer(3)),
                                row.integer(4))));
        store.sql()
                .query(
                        "SELECT count() FROM events WHERE lane = 'plain' AND ts >= $1 AND ts < $2",
                        range,
                        1,
                        row -> counts.add(Count.plain(row.integer(0))));
        return counts;
    }

    /** Also what came back when all was derived again, and days that a first try was seen to leave. */
    private boolean drop() throws InterruptedException {
        long retired = store.ledger().retiredMicros();
        if (retired == Long.MIN_VALUE) {
            return true;
        }
        for (int attempt = 0; attempt < DROPS_MAX; attempt++) {
            if (!store.dropEvents(retired)) {
                return true;
            }
            if (!store.awaitVisible(VISIBLE_MAX)) {
                return false;
            }
        }
        return false;
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
