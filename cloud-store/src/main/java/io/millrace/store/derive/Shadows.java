package io.millrace.store.derive;

import io.millrace.store.log.EventLog;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shadow that is under way, if one is, and the one that is wanted next. */
final class Shadows {
    private static final Logger log = LoggerFactory.getLogger(Shadows.class);

    /** So near to the live derivation the rest is a matter of moments, for which that may stand still. */
    private static final long NEAR_ENTRIES = 200;

    private final EventLog eventLog;
    private final Rows rows;
    private final PlainDecoder plain;
    private final LongSupplier live;
    private final LongSupplier nanos;
    private final AtomicReference<@Nullable Wanted> wanted = new AtomicReference<>();
    private volatile @Nullable Shadow current;

    private record Wanted(Projection next, Set<ProjectionTable> tables, CompletableFuture<Long> done) {}

    /**
     * @param live position of the live derivation
     * @param nanos monotonic clock
     */
    Shadows(EventLog eventLog, Rows rows, PlainDecoder plain, LongSupplier live, LongSupplier nanos) {
        this.eventLog = eventLog;
        this.rows = rows;
        this.plain = plain;
        this.live = live;
        this.nanos = nanos;
    }

    /** Any thread. */
    CompletableFuture<Long> want(Projection next, Set<ProjectionTable> tables) {
        var asked = new Wanted(next, Set.copyOf(tables), new CompletableFuture<>());
        Wanted before = wanted.getAndSet(asked);
        if (before != null) {
            fail(before.done, "given up for another one that was wanted later", null);
        }
        return asked.done;
    }

    /** Any thread. */
    boolean isBusy() {
        return current != null || wanted.get() != null;
    }

    /** Any thread. */
    Optional<Derivation.Rebuild> progress() {
        return Optional.ofNullable(current).map(Shadow::progress);
    }

    /** Begins the one that is wanted, and forgets one that failed. The derivation's thread. */
    void look() throws InterruptedException {
        Shadow shadow = current;
        if (shadow != null) {
            Throwable failure = shadow.failure();
            if (failure != null) {
                giveUp("it failed at position %d: %s".formatted(shadow.position(), failure.getMessage()), failure);
            }
        }
        Wanted next = wanted.get();
        if (next != null) {
            giveUp("given up for another one that was wanted later", null);
            begin(next);
            wanted.compareAndSet(next, null); // only now, so that all the time it is busy for those who ask
        }
    }

    private void begin(Wanted next) {
        try {
            var shadow = new Shadow(
                    eventLog, rows.stage(next.tables), next.next, next.tables, plain, live, nanos, next.done);
            current = shadow;
            shadow.start();
            log.info(
                    "Projections are derived anew in a shadow, what is live goes on: tables={} until={}",
                    next.tables,
                    live.getAsLong());
        } catch (RuntimeException | Error e) {
            fail(next.done, "the shadow's tables could not be made: " + e.getMessage(), e);
        }
    }

    /** The one that has nearly come to where the live derivation is; null if there is none. The derivation's thread. */
    @Nullable
    Shadow near() {
        Shadow shadow = current;
        return shadow != null && live.getAsLong() - shadow.position() <= NEAR_ENTRIES ? shadow : null;
    }

    /** It is live now. The derivation's thread. */
    void handedOver() {
        current = null;
    }

    /** Ends the one that is under way, if one is. The derivation's thread. */
    void giveUp(String why, @Nullable Throwable cause) throws InterruptedException {
        Shadow shadow = current;
        if (shadow == null) {
            return;
        }
        boolean isOver = shadow.stop();
        current = null;
        fail(shadow.done(), why, cause);
        if (isOver) {
            unstage();
        }
    }

    /** Ends all, wanted ones as well. The derivation's thread. */
    void close(String why) throws InterruptedException {
        giveUp(why, null);
        Wanted left = wanted.getAndSet(null);
        if (left != null) {
            fail(left.done, why, null);
        }
    }

    private static void fail(CompletableFuture<Long> done, String why, @Nullable Throwable cause) {
        log.info("A shadow is given up, what is live stays: why={}", why);
        done.completeExceptionally(new IllegalStateException(why, cause));
    }

    private void unstage() {
        try {
            rows.unstage();
        } catch (RuntimeException | Error e) {
            log.warn("A shadow's tables stay until the next one or the next start", e);
        }
    }
}
