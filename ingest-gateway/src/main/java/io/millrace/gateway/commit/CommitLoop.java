package io.millrace.gateway.commit;

import io.millrace.gateway.admit.Admission;
import io.millrace.gateway.admit.Admitted;
import io.millrace.gateway.admit.Admitted.Address;
import io.millrace.model.EventBatch;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import io.millrace.model.wire.Durability;
import io.millrace.model.wire.Receipt;
import io.millrace.store.derive.Derivation;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.EntryKind;
import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Owns the log: takes messages, judges them, appends them with one commit, and only then sends receipts and PUBACKs and
 * hands the entries on. A lone message is committed at once; under load the log rests for some milliseconds after each
 * commit ({@link CommitRest}), so that one flush to the disk carries many. It never waits for messages that may not come:
 * the broker delivers its next window only when this one is acknowledged.
 */
public final class CommitLoop implements Runnable {
    private static final Logger LOG = Logger.getLogger(CommitLoop.class);

    private static final int MESSAGES_MAX = 2_000;

    /** The same while the read models are far behind: little at a time, so that nobody waits long. */
    private static final int MESSAGES_MAX_BEHIND = 200;

    private static final long BYTES_MAX = 16L << 20;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration HOLD = Duration.ofMillis(20);
    private static final int NO_ENTRY = -1;

    private final Inbox inbox;
    private final Admission admission;
    private final EventLog log;
    private final Derivation derivation;
    private final Receipts receipts;
    private final CommitFigures figures;
    private final ReadModelLag lag;
    private final IntSupplier brokerDropped;
    private final LongSupplier wallMicros;
    private final LongSupplier monotonicNanos;
    private final Duration commitEvery;

    /** For health: when the loop last had nothing left to do or had finished a commit. */
    private final AtomicLong progressNanos;

    private volatile boolean running;
    private long nextCommitNanos;
    private long nextTickNanos;

    public CommitLoop(
            Inbox inbox,
            Admission admission,
            EventLog log,
            Derivation derivation,
            Receipts receipts,
            CommitFigures figures,
            ReadModelLag lag,
            IntSupplier brokerDropped,
            LongSupplier wallMicros,
            LongSupplier monotonicNanos,
            Duration commitEvery) {
        this.inbox = inbox;
        this.admission = admission;
        this.log = log;
        this.derivation = derivation;
        this.receipts = receipts;
        this.figures = figures;
        this.lag = lag;
        this.brokerDropped = brokerDropped;
        this.wallMicros = wallMicros;
        this.monotonicNanos = monotonicNanos;
        this.commitEvery = commitEvery;
        long now = monotonicNanos.getAsLong();
        progressNanos = new AtomicLong(now);
        nextCommitNanos = now;
        nextTickNanos = now;
    }

    /** How long ago the loop last made progress. Any thread. */
    public Duration sinceProgress() {
        return Duration.ofNanos(monotonicNanos.getAsLong() - progressNanos.get());
    }

    /** Whether it was started and has not ended. Any thread. */
    public boolean isRunning() {
        return running;
    }

    /** Runs until interrupted; what was taken then and is not committed yet stays unacknowledged. */
    @Override
    public void run() {
        running = true;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                step();
                progressNanos.set(monotonicNanos.getAsLong());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            running = false;
        }
    }

    private void step() throws InterruptedException {
        double rest = lag.rest(monotonicNanos.getAsLong());
        figures.resting(rest);
        List<Incoming> messages = take(rest);
        long start = monotonicNanos.getAsLong();
        var work = new Work(messages);
        for (Incoming message : messages) {
            work.add(message.admit(admission, wallMicros.getAsLong()));
        }
        if (monotonicNanos.getAsLong() - nextTickNanos >= 0) {
            long at = wallMicros.getAsLong();
            work.addTick(LogEntry.tick(at, brokerDropped.getAsInt(), lag.at(at).bytes()));
            nextTickNanos = monotonicNanos.getAsLong() + TICK.toNanos();
        }
        if (!work.entries.isEmpty()) {
            commit(work);
        }
        answer(work);
        if (rest > 0 && rest < 1 && !messages.isEmpty()) {
            long end = monotonicNanos.getAsLong();
            nextCommitNanos = Math.max(nextCommitNanos, end + CommitRest.behindNanos(rest, end - start));
        }
    }

    /** Waits for the first message until the next tick is due, then lets more arrive until a commit may start again. */
    private List<Incoming> take(double rest) throws InterruptedException {
        long untilCommit = nextCommitNanos - monotonicNanos.getAsLong();
        if (untilCommit > 0) {
            Thread.sleep(Duration.ofNanos(untilCommit));
        }
        long untilTick = Math.max(0, nextTickNanos - monotonicNanos.getAsLong());
        if (rest >= 1) {
            Thread.sleep(Duration.ofNanos(Math.min(untilTick, HOLD.toNanos())));
            return List.of();
        }
        return inbox.take(
                Duration.ofNanos(untilTick),
                Math.max(MESSAGES_MAX_BEHIND, (int) ((1 - rest) * MESSAGES_MAX)),
                BYTES_MAX);
    }

    /** Appends until it succeeds: while the store is down or its disk full, senders wait and keep what they have. */
    private void commit(Work work) throws InterruptedException {
        boolean told = false;
        while (true) {
            long start = monotonicNanos.getAsLong();
            switch (log.append(work.entries)) {
                case AppendResult.Logged(long first, long committedMicros, Durability durability) -> {
                    long end = monotonicNanos.getAsLong();
                    nextCommitNanos = end + CommitRest.nanos(commitEvery, work.lanes(), end - start);
                    figures.committed(work.entries.size(), work.eventCount, end - start);
                    if (told) {
                        LOG.infof("Log takes entries again: position=%d", first);
                    }
                    lag.committed(first + work.entries.size() - 1, end);
                    work.logged(first, committedMicros, durability);
                    return;
                }
                case AppendResult.Unavailable(String reason, Duration retryAfter) -> {
                    figures.unavailable();
                    if (!told) {
                        LOG.warnf("Log takes no entries, senders keep their data until it does: reason=%s", reason);
                        told = true;
                    }
                    Thread.sleep(retryAfter);
                }
            }
        }
    }

    private void answer(Work work) {
        work.settled.forEach((to, intervals) ->
                receipts.send(to, new Receipt.Settled(to.epoch(), work.durability, intervals.intervals())));
        work.held.forEach((to, versionMax) -> receipts.send(to, new Receipt.Unsupported(to.epoch(), versionMax)));
        long now = monotonicNanos.getAsLong();
        for (int i = 0; i < work.messages.size(); i++) {
            Incoming message = work.messages.get(i);
            message.logged(work.position(i));
            figures.answered(now - message.arrivedNanos());
        }
    }

    /** What one commit is about. */
    private final class Work {
        private final List<Incoming> messages;
        private final List<LogEntry> entries = new ArrayList<>();
        private final List<@Nullable EventBatch> events = new ArrayList<>();
        private final List<Integer> firstEntries = new ArrayList<>();
        private final Map<Address, IntervalSet> settled = new LinkedHashMap<>();
        private final Map<Address, Integer> held = new LinkedHashMap<>();

        /** Some of the plain devices: enough to know whether they are many. */
        private final Set<String> devices = new HashSet<>();

        private Durability durability = Durability.OS;
        private int eventCount;
        private long firstPosition;

        Work(List<Incoming> messages) {
            this.messages = messages;
        }

        /** What admission made of the next message. */
        void add(List<Admitted> admitted) {
            int before = entries.size();
            admitted.forEach(this::add);
            firstEntries.add(entries.size() > before ? before : NO_ENTRY);
        }

        /** Position of the first entry of message {@code i}, or 0 if it became none. */
        long position(int i) {
            int entry = firstEntries.get(i);
            return entry == NO_ENTRY ? 0 : firstPosition + entry;
        }

        private void add(Admitted admitted) {
            switch (admitted) {
                case Admitted.Log(LogEntry entry, EventBatch batch, Address to, List<Interval> intervals) -> {
                    add(entry, batch);
                    if (to != null) {
                        settled.computeIfAbsent(to, _ -> new IntervalSet()).addAll(intervals);
                    } else if (entry.kind() == EntryKind.PLAIN && devices.size() < CommitRest.LANES_MANY) {
                        devices.add(entry.agent());
                    }
                }
                case Admitted.Hold(Address to, int versionMax) -> held.put(to, versionMax);
                case Admitted.Nothing() -> {}
            }
        }

        /** Of how many lanes it has messages; a plain device is one. */
        int lanes() {
            return settled.size() + devices.size();
        }

        void addTick(LogEntry tick) {
            add(tick, null);
        }

        private void add(LogEntry entry, @Nullable EventBatch batch) {
            entries.add(entry);
            events.add(batch);
            eventCount += batch == null ? 0 : batch.size();
        }

        void logged(long first, long committedMicros, Durability at) {
            durability = at;
            firstPosition = first;
            var logged = new ArrayList<LoggedEntry>(entries.size());
            for (int i = 0; i < entries.size(); i++) {
                logged.add(new LoggedEntry(first + i, committedMicros, entries.get(i), events.get(i)));
            }
            derivation.offer(logged);
        }
    }
}
