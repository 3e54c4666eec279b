package io.millrace.gateway;

import io.millrace.gateway.admit.Admitted;
import io.millrace.gateway.commit.Command;
import io.millrace.gateway.commit.Inbox;
import io.millrace.store.Retention;
import io.millrace.store.Store;
import io.millrace.store.derive.LatestValue;
import io.millrace.store.log.LogEntry;
import io.millrace.store.sql.SqlFailedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jboss.logging.Logger;

/** Gives up events that are too old, at the start and every hour. One thread runs it until it is interrupted. */
final class RetentionSchedule implements Runnable {
    private static final Logger LOG = Logger.getLogger(RetentionSchedule.class);
    private static final Duration EVERY = Duration.ofHours(1);
    private static final Duration RETRY = Duration.ofMinutes(1);

    private final Optional<Duration> keep;
    private final Clock clock;
    private final Store store;
    private final Inbox inbox;

    /**
     * @param keep how long, by event time; for ever if empty
     */
    RetentionSchedule(Optional<Duration> keep, Store store, Inbox inbox, Clock clock) {
        this.keep = keep;
        this.clock = clock;
        this.store = store;
        this.inbox = inbox;
    }

    @Override
    public void run() {
        if (keep.isEmpty()) {
            return;
        }
        var retention = new Retention(store, this::append);
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(pass(retention, keep.get()) ? EVERY : RETRY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean pass(Retention retention, Duration kept) throws InterruptedException {
        try {
            boolean done = retention.giveUp(newest().minus(kept));
            if (!done) {
                LOG.infof("Retention waits until all that is logged can be read: retryAfter=%s", RETRY);
            }
            return done;
        } catch (SqlFailedException | IllegalStateException e) {
            LOG.warnf("Retention gave nothing up, it tries again: retryAfter=%s cause=%s", RETRY, e.getMessage());
            return false;
        }
    }

    /** Now, or the latest event where the clock is ahead of that: a clock that jumps to 2100 must not empty the store. */
    private Instant newest() {
        Instant latest = store.derivation().latest().stream()
                .mapToLong(LatestValue::timeMicros)
                .mapToObj(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS))
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
        Instant now = clock.instant();
        return latest.isBefore(now) ? latest : now;
    }

    private void append(List<LogEntry> entries) throws InterruptedException {
        int bytes = entries.stream().mapToInt(e -> e.payload().length).sum();
        Command command = Command.of(
                bytes,
                System.nanoTime(),
                (_, _) -> entries.stream()
                        .<Admitted>map(entry -> new Admitted.Log(entry, null, null, List.of()))
                        .toList());
        try {
            inbox.put(command).get();
            command.committed().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("retention could not be logged: " + e.getMessage(), e);
        }
    }
}
