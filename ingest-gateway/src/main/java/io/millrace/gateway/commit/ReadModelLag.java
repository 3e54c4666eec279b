package io.millrace.gateway.commit;

import io.millrace.store.derive.Derivation;
import io.millrace.store.log.ProjectionLag;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Tells the commit loop how far the read models fall behind, so that overload slows the senders and not the alerts. A
 * derivation that catches up after a start or a rebuild is not overload: then receipts go on at full speed.
 */
public final class ReadModelLag {
    /** How long rows may wait for their commit before admission waits. Events that are held back, or late, do not count. */
    public static final Duration LAG_MAX = Duration.ofSeconds(2);

    /**
     * How long rows that are committed may be unseen before admission waits: queries are to see a row within 5 s.
     * QuestDB puts pieces of a table together now and then and applies nothing meanwhile; much sooner than this the wait
     * itself would make things worse, as whoever has to wait sends old events among the new later, which take several
     * times as long to apply.
     */
    public static final Duration APPLY_LAG_MAX = Duration.ofSeconds(4);

    /** Nobody is excused any more when rows are unseen for so long: whatever is being applied does not get on. */
    static final Duration EXCUSED_MAX = Duration.ofMinutes(1);

    /** Up to here nobody is slowed: applying a commit takes that long now and then. */
    static final Duration APPLY_LAG_FREE = Duration.ofSeconds(1);

    /** The same of rows that wait for their commit: up to a second is usual under load. */
    static final Duration LAG_FREE = Duration.ofMillis(1_500);

    /** Looking at the tables' apply lag costs more than at the positions, so it is done this often. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    /** Commits watched; the oldest one says how far behind, so further ones need not be. */
    private static final int COMMITS_MAX = 10_000;

    private static final long UNKNOWN = -1;

    private record Commit(long position, long nanos) {}

    private final Supplier<Derivation.Progress> progress;
    private final LongSupplier applyLagMillis;
    private final ArrayDeque<Commit> underWay = new ArrayDeque<>();
    private boolean caughtUp;

    /** Where the log ended at the first look; what comes until that is derived is catching up. */
    private long headAtStart = UNKNOWN;

    private double rest;
    private long lookedNanos = Long.MIN_VALUE;

    /** When late events were last seen to be applied. */
    private long lateNanos = Long.MIN_VALUE;

    /**
     * @param progress of the derivation
     * @param applyLagMillis age of the oldest rows that are committed to a read model and not visible
     */
    public ReadModelLag(Supplier<Derivation.Progress> progress, LongSupplier applyLagMillis) {
        this.progress = progress;
        this.applyLagMillis = applyLagMillis;
    }

    void committed(long lastPosition, long nanos) {
        if (underWay.size() < COMMITS_MAX) {
            underWay.add(new Commit(lastPosition, nanos));
        }
    }

    /**
     * Which part of the time admission should rest: 0 while the read models keep up, 1 once they are as far behind as they
     * may be, and between the two as much as brings both to the same speed. To stop and go would be worse than to go
     * slowly: what had to wait comes late, some agents' more than others', and such rows take long to apply.
     */
    double rest(long nowNanos) {
        if (lookedNanos == Long.MIN_VALUE || nowNanos - lookedNanos >= LOOK_EVERY.toNanos()) {
            lookedNanos = nowNanos;
            look(nowNanos);
        }
        return rest;
    }

    /**
     * How far what is derived is behind the log.
     *
     * @param wallMicros now, microseconds since 1970
     */
    ProjectionLag at(long wallMicros) {
        return of(progress.get(), wallMicros);
    }

    /** How far what is derived was behind the log. */
    public static ProjectionLag of(Derivation.Progress progress, long wallMicros) {
        long entries = Math.max(0, progress.head() - progress.position());
        boolean isKnown = entries > 0 && progress.positionMicros() > 0;
        return new ProjectionLag(entries, isKnown ? Math.max(0, wallMicros - progress.positionMicros()) : 0);
    }

    private void look(long nowNanos) {
        Derivation.Progress now = progress.get();
        headAtStart = headAtStart == UNKNOWN ? now.head() : headAtStart;
        while (!underWay.isEmpty() && underWay.peek().position() <= now.decidedPosition()) {
            underWay.remove();
        }
        long foldedBehind = underWay.isEmpty() ? 0 : nowNanos - underWay.peek().nanos();
        if (now.rebuild().filter(rebuild -> !rebuild.isShadow()).isPresent()) {
            caughtUp = false;
        } else if (foldedBehind < LAG_MAX.toNanos()) {
            caughtUp |= now.decidedPosition() >= headAtStart;
        }
        rest = caughtUp
                ? Math.max(
                        part(foldedBehind, LAG_FREE.toNanos(), LAG_MAX.toNanos()),
                        part(applyLagNanos(now, nowNanos), APPLY_LAG_FREE.toNanos(), APPLY_LAG_MAX.toNanos()))
                : 0;
    }

    /**
     * Rows that wait behind late ones count from when those are applied: if senders had to wait for that, what they have
     * would be late in turn.
     */
    private long applyLagNanos(Derivation.Progress now, long nowNanos) {
        long lag = TimeUnit.MILLISECONDS.toNanos(applyLagMillis.getAsLong());
        if (now.lateApplying() && lag < EXCUSED_MAX.toNanos()) {
            lateNanos = nowNanos;
        }
        return lateNanos == Long.MIN_VALUE ? lag : Math.min(lag, nowNanos - lateNanos);
    }

    private static double part(long lag, long free, long most) {
        return Math.clamp((double) (lag - free) / (most - free), 0, 1);
    }
}
