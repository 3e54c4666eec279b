package io.millrace.store.audit;

import io.millrace.model.StreamId;
import io.millrace.store.audit.AuditReport.Lane;
import io.millrace.store.audit.AuditReport.Plain;
import io.millrace.store.derive.LogDerivation;
import io.millrace.store.ledger.Ledger;
import io.millrace.store.ledger.LedgerView.PlainAccount;
import io.millrace.store.ledger.StreamAccount;
import io.millrace.store.log.EventLog;
import io.millrace.store.sql.Sql;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Reads every row of the streams in question and ticks its sequence off; then asks the ledger which ones should have
 * been there. Nothing is taken from a counter.
 */
public final class StoreAudit implements Audit {
    private final EventLog log;
    private final LogDerivation derivation;
    private final RowsApplied applied;
    private final Sql sql;

    /** Waits until readers see all rows that are committed now. */
    @FunctionalInterface
    public interface RowsApplied {
        /**
         * @return false if they are not seen in time
         */
        boolean await(Duration timeout) throws InterruptedException;
    }

    public StoreAudit(EventLog log, LogDerivation derivation, RowsApplied applied, Sql sql) {
        this.log = log;
        this.derivation = derivation;
        this.applied = applied;
        this.sql = sql;
    }

    @Override
    public synchronized AuditResult run(AuditFilter filter) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
        if (!derivation.awaitCommitted(log.head(), left(deadline))) {
            return behind();
        }
        while (true) {
            Ledger.Cut cut = derivation.ledger().cut(account -> matches(filter, account));
            AuditResult result = audit(filter, cut, deadline);
            if (derivation.ledger().retiredMicros() == cut.retiredMicros()) {
                return result;
            } // else rows may have been dropped while they were counted
        }
    }

    private AuditResult audit(AuditFilter filter, Ledger.Cut cut, long deadline) throws InterruptedException {
        // The books first, the rows afterwards: whatever the books hold is then committed, or is waited for.
        if (!derivation.awaitCommitted(cut.position(), left(deadline))) {
            return behind();
        }
        if (!applied.await(left(deadline))) {
            return new AuditResult.NotApplied(
                    "events are committed and not visible after %d s: QuestDB applies too slowly"
                                    .formatted(WAIT_SECONDS_MAX)
                            + " or not at all; see its log file in the data folder");
        }
        return count(filter, cut);
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private AuditResult behind() {
        var progress = derivation.progress();
        return new AuditResult.NotApplied("after %d s the log is derived up to position %d of %d%s"
                .formatted(
                        WAIT_SECONDS_MAX,
                        progress.committedPosition(),
                        progress.head(),
                        progress.failure().map(why -> ": " + why).orElse("")));
    }

    private static boolean matches(AuditFilter filter, StreamAccount account) {
        StreamId stream = account.stream();
        return (filter.site() == null || filter.site().equals(stream.site()))
                && (filter.agent() == null || filter.agent().equals(stream.agent()))
                && (filter.fromMicros().isEmpty()
                        || account.toMicros() >= filter.fromMicros().getAsLong())
                && (filter.toMicros().isEmpty()
                        || account.fromMicros() < filter.toMicros().getAsLong());
    }

    private AuditResult count(AuditFilter filter, Ledger.Cut cut) throws InterruptedException {
        Map<Key, SequenceBits> seen = new HashMap<>();
        cut.streams().forEach(s -> seen.put(Key.of(s.account().stream()), new SequenceBits()));
        if (!seen.isEmpty()) {
            tickOff(filter, seen, cut.retiredMicros());
        }
        Plain plain = plain(filter, plainStored(filter, cut.retiredMicros()), cut.plain());
        boolean anyPlain = plain.stored() > 0 || plain.deadLettered() > 0;
        if (seen.isEmpty() && !anyPlain && !filter.equals(AuditFilter.ALL)) {
            return new AuditResult.NothingMatches();
        }
        var lanes = new ArrayList<Lane>();
        for (Ledger.Stored stored : cut.streams()) {
            Key key = Key.of(stored.account().stream());
            lanes.add(lane(stored, seen.getOrDefault(key, new SequenceBits())));
        }
        boolean ok = lanes.stream().allMatch(lane -> lane.missing() == 0 && lane.duplicated() == 0);
        return new AuditResult.Done(new AuditReport(ok, instant(cut.committedMicros()), lanes, plain));
    }

    /** Names without the checks of {@link StreamId}: one is made for each row. */
    private record Key(String site, String agent, String lane, long epoch) {
        static Key of(StreamId s) {
            return new Key(s.site(), s.agent(), s.lane(), s.epoch());
        }
    }

    private void tickOff(AuditFilter filter, Map<Key, SequenceBits> seen, long retiredMicros)
            throws InterruptedException {
        var where = new Where("lane != 'plain'").names(filter).from(retiredMicros);
        sql.query(
                "SELECT site, agent, lane, epoch, seq FROM events" + where.clause(),
                where.binds,
                Long.MAX_VALUE,
                row -> {
                    var key = new Key(row.textOrEmpty(0), row.textOrEmpty(1), row.textOrEmpty(2), row.integer(3));
                    SequenceBits bits = seen.get(key);
                    if (bits != null) {
                        bits.add(row.integer(4));
                    }
                });
    }

    private long plainStored(AuditFilter filter, long retiredMicros) throws InterruptedException {
        var where = new Where("lane = 'plain'").names(filter).times(filter).from(retiredMicros);
        return count("events", where);
    }

    /** Conditions with their binds. */
    private static final class Where {
        private final StringBuilder text = new StringBuilder(" WHERE ");
        private final List<Object> binds = new ArrayList<>();

        Where(String first) {
            text.append(first);
        }

        Where names(AuditFilter filter) {
            if (filter.site() != null) {
                and("site =", filter.site());
            }
            if (filter.agent() != null) {
                and("agent =", filter.agent());
            }
            return this;
        }

        /** Rows that are retired may be there still, or again after all was derived again. */
        Where from(long retiredMicros) {
            if (retiredMicros != Long.MIN_VALUE) {
                and("ts >=", instant(retiredMicros));
            }
            return this;
        }

        Where times(AuditFilter filter) {
            filter.fromMicros().ifPresent(from -> and("ts >=", instant(from)));
            filter.toMicros().ifPresent(to -> and("ts <", instant(to)));
            return this;
        }

        private void and(String condition, Object bind) {
            binds.add(bind);
            text.append(" AND ").append(condition).append(" $").append(binds.size());
        }

        String clause() {
            return text.toString();
        }
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static Lane lane(Ledger.Stored ledger, SequenceBits seen) {
        StreamAccount account = ledger.account();
        long stored = seen.countIn(ledger.stored());
        SortedMap<String, Long> dropped = new TreeMap<>();
        account.dropped().forEach((reason, count) -> dropped.put(reason.label(), count));
        return new Lane(
                account.stream(),
                account.produced(),
                stored,
                account.deadLettered(),
                dropped,
                account.waiting(),
                account.missing() + account.stored() - stored,
                seen.repeats(),
                account.retired());
    }

    private Plain plain(AuditFilter filter, long stored, PlainAccount account) throws InterruptedException {
        boolean filtered = !filter.equals(AuditFilter.ALL);
        long deadLettered = filtered ? deadLetters(filter) : account.deadLettered();
        return new Plain(
                stored, account.collapsed(), account.brokerDropped(), deadLettered, account.retired(), filtered);
    }

    /** Those that are dead letters still, by the time of their arrival. */
    private long deadLetters(AuditFilter filter) throws InterruptedException {
        var where =
                new Where("lane = 'plain' AND outcome IS NULL").names(filter).times(filter);
        return count("dead_letters", where);
    }

    private long count(String table, Where where) throws InterruptedException {
        long[] count = new long[1];
        sql.query("SELECT count() FROM " + table + where.clause(), where.binds, 1, row -> count[0] = row.integer(0));
        return count[0];
    }
}
