package io.millrace.gateway.backtest;

import io.millrace.gateway.project.EngineFeed;
import io.millrace.projections.Engine;
import io.millrace.projections.Limits;
import io.millrace.projections.Rule;
import io.millrace.projections.Rules;
import io.millrace.projections.Stats;
import io.millrace.store.Store;
import io.millrace.store.derive.Derivation;
import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.LogSpan;
import io.millrace.store.derive.Output;
import io.millrace.store.derive.Projection;
import io.millrace.store.derive.Refolding;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.sql.Row;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Runs draft rules over a stretch of the log with an engine of its own, beside the live one and without a trace in the
 * store. One at a time, on the thread that asks; it waits while the live derivation is behind.
 */
@Singleton
public final class Backtest {
    /** Some minutes on one core. */
    public static final long EVENTS_MAX = 200_000_000;

    public static final long ENTRIES_MAX = 20_000_000;
    public static final Duration RUN_MAX = Duration.ofMinutes(4);

    /** About 60 MB. */
    static final Limits LIMITS = new Limits(50_000, 300_000, 100_000, 20_000);

    /** The live derivation goes first when it has more to do than this. */
    private static final long BEHIND_ENTRIES_MAX = 200;

    private static final int LOOK_EVERY_ENTRIES = 32;
    private static final Duration GIVE_WAY = Duration.ofMillis(5);
    private static final String FIRED = """
            SELECT ts, id, rule, site, agent, device, metric, transition, severity, value, threshold, text, retroactive,
            position FROM alert_transitions WHERE ts >= $1 AND ts < $2 ORDER BY position
            """;

    private final Store store;
    private final Semaphore turn = new Semaphore(1);
    private volatile @Nullable Progress progress;
    private volatile boolean stopped;

    Backtest(Store store) {
        this.store = store;
    }

    /** What came of it. */
    public sealed interface Outcome {
        /**
         * @param warmUpMicros event time from which the engine was given readings
         * @param alerts raised by the draft from there on, by rule and series
         * @param pairs the same beside what was raised then; null if that was not asked for
         * @param leftOut alerts that were not kept
         */
        record Done(
                LogSpan span,
                long warmUpMicros,
                List<Alert> alerts,
                @Nullable List<Comparison.Pair> pairs,
                Stats stats,
                long leftOut)
                implements Outcome {}

        /** Another backtest is going on. */
        record Busy() implements Outcome {}

        /** The stretch holds more than {@value #ENTRIES_MAX} entries or {@value #EVENTS_MAX} readings. */
        record TooMuch(LogSpan span) implements Outcome {}

        /** Somebody did not want it any more. */
        record Stopped() implements Outcome {}

        /** Not done after {@link #RUN_MAX}. */
        record TooSlow(long entries, LogSpan span) implements Outcome {}
    }

    /**
     * Blocks for as long as it takes, at most about {@link #RUN_MAX}.
     *
     * @param fromMicros event time, inclusive
     * @param toMicros exclusive
     * @param compare whether to read what was raised as well
     */
    public Outcome run(Rules rules, long fromMicros, long toMicros, boolean compare) throws InterruptedException {
        if (!turn.tryAcquire()) {
            return new Outcome.Busy();
        }
        try {
            stopped = false;
            progress = new Progress(0, 0);
            return runAlone(rules, fromMicros, toMicros, compare);
        } finally {
            progress = null;
            turn.release();
        }
    }

    /**
     * How far a backtest is.
     *
     * @param entries done, of {@code total}; 0 of 0 while that is not known
     */
    public record Progress(long entries, long total) {}

    /** Of the one that is running; null if none is. Any thread. */
    public @Nullable Progress progress() {
        return progress;
    }

    /** Has the one that is running end soon, if one is. Any thread. */
    public void stop() {
        stopped = true;
    }

    private Outcome runAlone(Rules rules, long fromMicros, long toMicros, boolean compare) throws InterruptedException {
        long begin = fromMicros - rules.warmUpMicros();
        long end = toMicros + rules.latenessMicros();
        LogSpan span = store.span(begin, end);
        if (span.entries() > ENTRIES_MAX || span.events() > EVENTS_MAX) {
            return new Outcome.TooMuch(span);
        }
        var draft = new Draft(Engine.draft(rules, LIMITS));
        var alerts = new AlertLog(Backtest::isOfAFile);
        var pace = new GivingWay(span.entries());
        if (!store.refolding().run(span, draft, alerts, pace)) {
            return stopped ? new Outcome.Stopped() : new Outcome.TooSlow(pace.entries, span);
        }
        List<Comparison.Pair> pairs = compare ? Comparison.of(alerts.alerts(), fired(begin, end)) : null;
        return new Outcome.Done(span, begin, alerts.alerts(), pairs, draft.engine.stats(), alerts.leftOut());
    }

    /** What is built in is no matter of a draft. */
    private static boolean isOfAFile(String rule) {
        return !rule.equals(Rule.AGENT_OFFLINE) && !rule.equals(Rule.PROJECTION_LAG);
    }

    private List<Alert> fired(long beginMicros, long endMicros) throws InterruptedException {
        var fired = new AlertLog(Backtest::isOfAFile);
        List<Object> range = List.of(instant(beginMicros), instant(endMicros));
        store.sql().query(FIRED, range, 10L * AlertLog.ALERTS_MAX, row -> fired.transition(transition(row)));
        return fired.alerts();
    }

    private static TransitionRow transition(Row row) {
        return new TransitionRow(
                row.micros(0),
                row.integer(13),
                row.textOrEmpty(1),
                row.textOrEmpty(2),
                row.textOrEmpty(3),
                row.textOrEmpty(4),
                row.textOrEmpty(5),
                row.textOrEmpty(6),
                TransitionRow.Transition.valueOf(row.textOrEmpty(7).toUpperCase(Locale.ROOT)),
                row.textOrEmpty(8),
                row.number(9),
                row.number(10),
                row.textOrEmpty(11),
                row.bool(12),
                null,
                null,
                null);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** An engine that begins with the stretch and ends with it. */
    private record Draft(Engine engine) implements Projection {
        @Override
        public void restore(byte @Nullable [] snapshot) {}

        @Override
        public void fold(LoggedEntry entry, Fresh fresh, Output out) {
            EngineFeed.feed(engine, entry, fresh, out);
        }

        @Override
        public byte[] snapshot() {
            return new byte[0];
        }

        @Override
        public Projection anew() {
            throw new IllegalStateException("a draft runs once, beside what is stored");
        }
    }

    /** Lets the live derivation go first, and ends what takes too long or is not wanted any more. */
    private final class GivingWay implements Refolding.Pace {
        private final long total;
        private final long deadline = System.nanoTime() + RUN_MAX.toNanos();
        private long entries;

        GivingWay(long total) {
            this.total = total;
        }

        @Override
        public boolean goesOn() throws InterruptedException {
            if (entries++ % LOOK_EVERY_ENTRIES != 0) {
                return true;
            }
            progress = new Progress(entries, total);
            while (System.nanoTime() < deadline && !stopped) {
                Derivation.Progress live = store.derivation().progress();
                if (live.head() - live.position() <= BEHIND_ENTRIES_MAX) {
                    return true;
                }
                Thread.sleep(GIVE_WAY);
            }
            return false;
        }
    }
}
