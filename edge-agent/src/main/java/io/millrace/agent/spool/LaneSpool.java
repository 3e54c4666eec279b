package io.millrace.agent.spool;

import io.millrace.model.Event;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import io.millrace.model.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spool of one lane. Thread-safe.
 *
 * <p>Appends collect in a block in memory; a block is written as one piece when it is large, on {@link #flush}, or after
 * about 10 ms by the spool's own thread. The disk is forced outside the lock, so that appends go on meanwhile.
 */
public final class LaneSpool {
    /** Most events in one {@code append}. */
    public static final int APPEND_EVENTS_MAX = 10_000;

    /** Most bytes of one {@code append} as the spool writes them: some 15 for a number, and all text. */
    public static final int APPEND_BYTES_MAX = 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(LaneSpool.class);

    /** Ended files that are to be forced before the policy says so, and those that new events wait for: 8 MiB each. */
    private static final int RETIRED_EARLY = 2;

    private static final int RETIRED_MAX = 8;

    private final SpoolEnvironment environment;
    private final LaneConfig config;
    private final StreamId stream;
    private final Path directory;
    private final AtomicLong revisions;
    private final Runnable unwritten;
    private final Runnable news;
    private final Position epochStart;

    private final LaneLock lock;
    private final LaneLog files;
    private final GapBook gaps;
    private final Map<Long, Epoch> epochs;
    private final Epoch epoch;
    private final SpoolCounters counters = new SpoolCounters();
    private final LaneWriter writer;
    private final LaneSync disk;
    private boolean closed;

    /** Sequence of which whoever sends wants to hear; guarded by the lock. */
    private long awaited = 1;

    /**
     * @param stream who numbers what is appended now
     * @param revisions counts the states of inputs over all lanes
     * @param unwritten is called when there is something to write again; must return at once
     * @param news is called when what {@link #tellOf} asked for is there, or something was given up; must return at once
     */
    LaneSpool(
            SpoolEnvironment environment,
            LaneConfig config,
            StreamId stream,
            Path directory,
            LaneRecovery recovered,
            AtomicLong revisions,
            Runnable unwritten,
            Runnable news) {
        this.environment = environment;
        this.config = config;
        this.stream = stream;
        this.directory = directory;
        this.revisions = revisions;
        this.unwritten = unwritten;
        this.news = news;
        epochStart = new Position(recovered.indexMax() + 1, 0);
        lock = new LaneLock(environment.nanoTime());
        files = new LaneLog(environment, directory, recovered.segments(), recovered.indexMax());
        gaps = recovered.gaps();
        epochs = new LinkedHashMap<>(recovered.epochs());
        epoch = new Epoch(stream.epoch(), 0, new IntervalSet());
        epochs.put(epoch.id(), epoch);
        writer = new LaneWriter(environment, config, stream, files, gaps, epochs, epoch, recovered.states(), counters);
        disk = new LaneSync(environment, directory, lock, files, writer, epochs, counters);
        writer.write();
        disk.reclaim();
    }

    public String name() {
        return stream.lane();
    }

    /** Who numbers what is appended now. */
    public StreamId stream() {
        return stream;
    }

    /**
     * Numbers the events and takes them in, together with the input's new state, as one record: after a crash either
     * all of it is there or nothing. Buffers: see {@link #flush}. Blocks only for the disk.
     *
     * @param events 0 to {@value #APPEND_EVENTS_MAX}; one that is larger than 64 KiB is refused and declared as a gap
     * @param state how far the input has come with these events, or null if it keeps none
     * @throws IllegalArgumentException if there are more events, or they are larger than {@value #APPEND_BYTES_MAX} bytes
     * @throws IllegalStateException if the spool is closed
     */
    public AppendResult append(List<Event> events, @Nullable InputState state) {
        if (events.size() > APPEND_EVENTS_MAX) {
            throw new IllegalArgumentException("append of %d events to lane %s, expected at most %d"
                    .formatted(events.size(), name(), APPEND_EVENTS_MAX));
        }
        StoredState stored =
                state == null ? null : new StoredState(state.input(), revisions.incrementAndGet(), state.bytes());
        AppendResult result = append(events, stored, false);
        if (result == null) {
            disk.reclaim();
            result = append(events, stored, true);
        }
        if (config.sync() instanceof SyncPolicy.Always || files.retiredCount() > RETIRED_MAX) {
            sync();
        }
        return result == null ? new AppendResult.Full(fullReason()) : result;
    }

    private @Nullable AppendResult append(List<Event> events, @Nullable StoredState state, boolean dropIfFull) {
        return lock.get(() -> {
            if (closed) {
                throw new IllegalStateException("spool of lane %s is closed".formatted(name()));
            }
            boolean wasEmpty = writer.isEmpty();
            AppendResult result = dropIfFull ? writer.appendOrDrop(events, state) : writer.append(events, state);
            if (wasEmpty && result != null) {
                unwritten.run();
            }
            if (writer.nextSequence() > awaited) {
                awaited = Long.MAX_VALUE;
                news.run();
            }
            return result;
        });
    }

    private String fullReason() {
        return lock.get(writer::fullReason);
    }

    /**
     * Hands all that was appended so far to the operating system (and with {@link SyncPolicy.Always} to the disk): to
     * be called before an input acknowledges to its client, or lets go of its source in another way.
     *
     * @return whether that worked; if not, it is still in memory and will be tried again, and the client should be told
     *     to send again
     */
    public boolean flush() {
        boolean written = lock.get(writer::write);
        return config.sync() instanceof SyncPolicy.Always ? sync() && written : written;
    }

    /** Forces what was appended so far to the disk; returns whether that worked. */
    boolean sync() {
        return disk.sync();
    }

    /** Looks at disk and ages, records receipts, deletes what they cover; to be called about once a second. */
    void maintain() {
        try {
            long free = environment.disk().freeBytes(directory);
            lock.run(() -> writer.checkDisk(free));
        } catch (IOException e) {
            log.debug("Free space is not known", e);
        }
        expire();
        disk.reclaim();
        lock.run(lock::signalChange);
    }

    /** What is given up for its age is declared, and that on disk if the disk lets us, before it goes. */
    private void expire() {
        List<Segment> expired = lock.get(writer::declareExpired);
        if (!expired.isEmpty()) {
            sync();
            lock.run(() -> writer.remove(expired));
            news.run();
        }
    }

    /** How this lane is kept. */
    LaneConfig config() {
        return config;
    }

    private Epoch epochOf(Segment segment) {
        return epochs.getOrDefault(segment.epoch(), epoch);
    }

    private IntervalSet settledOf(long ofEpoch) {
        Epoch e = epochs.get(ofEpoch);
        return e == null ? new IntervalSet() : e.settled();
    }

    /**
     * Waits until {@code append} would take events again after {@link AppendResult.Full}.
     *
     * @return whether there is room
     */
    public boolean awaitRoom(Duration atMost) throws InterruptedException {
        return lock.await(
                () -> {
                    writer.write();
                    return writer.isRoomAgain();
                },
                () -> closed,
                atMost);
    }

    /** Events that are not settled by a receipt yet. */
    public long backlog() {
        return lock.get(this::backlogLocked);
    }

    private long backlogLocked() {
        long held = epochs.values().stream().mapToLong(Epoch::heldCount).sum();
        return held + writer.nextSequence() - 1 - epoch.produced();
    }

    /** Events of earlier epochs, and of the present one up to this sequence, that are not settled. */
    public long backlogUpTo(long sequence) {
        return lock.get(() -> {
            long earlier = epochs.values().stream()
                    .filter(e -> e != epoch)
                    .mapToLong(Epoch::heldCount)
                    .sum();
            long present = epoch.settled().missingFrom(1, sequence).stream()
                    .mapToLong(Interval::count)
                    .sum();
            return earlier + present;
        });
    }

    /**
     * Waits until {@link #backlog} is at most that: an input that can wait lets receipts set its pace.
     *
     * @return whether it is
     */
    public boolean awaitBacklog(long atMostEvents, Duration atMost) throws InterruptedException {
        return lock.await(() -> backlogLocked() <= atMostEvents, () -> closed, atMost);
    }

    /** Whether all is settled: every event that was appended, and every gap. */
    public boolean isDrained() {
        return lock.get(() -> gaps.isEmpty() && backlogLocked() == 0);
    }

    /**
     * Takes note that these sequences are settled for ever. Unites; order and repetition do no harm.
     *
     * @return whether the epoch is one of this lane's
     */
    public boolean settle(long ofEpoch, List<Interval> settled) {
        return lock.get(() -> {
            Epoch e = epochs.get(ofEpoch);
            if (e == null) {
                return false;
            }
            long top = e == epoch ? e.produced() : Long.MAX_VALUE;
            for (Interval i : settled) {
                if (i.first() <= top) {
                    e.settled().add(i.first(), Math.min(i.last(), top));
                }
            }
            gaps.removeIf(gap -> gap.stream().epoch() == ofEpoch
                    && e.settled().containsAll(gap.range().first(), gap.range().last()));
            disk.settledChanged();
            lock.signalChange();
            return true;
        });
    }

    /** The books of all epochs at one instant, oldest first. */
    public List<EpochState> epochs() {
        return lock.get(() -> epochs.values().stream()
                .map(e -> new EpochState(e.id(), e.produced(), e.held()))
                .toList());
    }

    /** Whether all of these sequences are settled. */
    public boolean isSettled(long ofEpoch, Interval sequences) {
        return lock.get(() -> settledOf(ofEpoch).containsAll(sequences.first(), sequences.last()));
    }

    /** Highest sequence given out in the present epoch, also if it is only in memory yet. */
    public long lastSequence() {
        return lock.get(() -> writer.nextSequence() - 1);
    }

    /**
     * Has whoever sends told once, when this sequence of the present epoch was given out; it replaces what it asked for
     * before. Those who collect a batch need not be woken by each of its events.
     *
     * @return whether it waits for that; if not, the sequence is there already
     */
    public boolean tellOf(long sequence) {
        return lock.get(() -> {
            boolean waits = writer.nextSequence() <= sequence;
            awaited = waits ? sequence : Long.MAX_VALUE;
            return waits;
        });
    }

    /** Where the events of the present epoch begin. */
    public Position epochStart() {
        return epochStart;
    }

    /** The gaps that are declared and not settled, except those that a cursor meets in place. */
    public List<Gap> gaps() {
        return lock.get(gaps::pending);
    }

    /** Changes whenever {@link #gaps} does. */
    public long gapsVersion() {
        return lock.get(gaps::version);
    }

    /** Where the next block will be written: everything before can be read. */
    public Position end() {
        return lock.get(() -> files.tail().end());
    }

    /** Where the newest segment begins that holds anything before this place; null if there is none. */
    public @Nullable Position segmentStartBefore(Position place) {
        return lock.get(() -> {
            Segment before = files.before(place.offset() > 0 ? place.segment() + 1 : place.segment());
            return before == null ? null : new Position(before.index(), 0);
        });
    }

    /** A cursor at this place. */
    public Cursor cursor(Position from) {
        return new Cursor(this, environment, from);
    }

    @Nullable
    Segment segmentAtOrAfter(long index) {
        return lock.get(() -> files.atOrAfter(index));
    }

    Path pathOf(Segment segment) {
        return files.pathOf(segment.index());
    }

    /** Whether nothing will be written to the segment any more. */
    boolean isEnded(Segment segment) {
        return lock.get(() -> {
            LaneLog.OpenSegment current = files.current();
            return current == null || current.segment() != segment;
        });
    }

    boolean isEndedAndSettled(Segment segment) {
        return isEnded(segment) && lock.get(() -> epochOf(segment).isSettled(segment.first(), segment.last()));
    }

    List<Interval> unsettled(long ofEpoch, long first, long last) {
        return lock.get(() -> settledOf(ofEpoch).missingFrom(first, last));
    }

    /** Declares what a cursor could not read, unless it is settled or declared already. */
    void lost(Segment segment, long first, long last) {
        lock.run(() -> {
            var lost = IntervalSet.copyOf(settledOf(segment.epoch()).missingFrom(first, last));
            lost.removeAll(gaps.rangesOf(segment.epoch()));
            if (lost.isEmpty()) {
                return;
            }
            counters.segmentsDamaged += segment.isDamaged() ? 0 : 1;
            segment.markDamaged();
            boolean anyTime = segment.minMicros() <= segment.maxMicros();
            long from = anyTime ? segment.minMicros() : segment.header().createdMicros();
            long to = anyTime ? segment.maxMicros() : from;
            lost.forEach(
                    range -> gaps.declare(new Gap(segment.header().stream(), range, Gap.Reason.DAMAGED, from, to)));
            log.warn(
                    "Spool file is damaged, events are lost and declared as a gap: file={} sequences={}",
                    pathOf(segment),
                    lost);
            unwritten.run();
            news.run();
        });
    }

    @Nullable
    StoredState state(String input) {
        return lock.get(() -> writer.state(input));
    }

    /** Whether so much was written since the last sync that the next one should not wait. */
    boolean isSyncUrgent() {
        return files.retiredCount() >= RETIRED_EARLY;
    }

    /** Whether something waits in memory to be written. */
    boolean isDirty() {
        return lock.get(() -> !writer.isEmpty());
    }

    public SpoolMetrics metrics() {
        return lock.get(() -> new SpoolMetrics(
                name(),
                files.bytes(),
                config.bytesMax(),
                files.segments().size(),
                backlogLocked(),
                counters.eventsAccepted,
                counters.eventsRefused,
                counters.eventsDropped,
                counters.eventsExpired,
                counters.bytesWritten,
                counters.writesFailed,
                counters.forcesFailed,
                counters.segmentsDamaged,
                gaps.pending().size()));
    }

    /** Writes and forces what is left and vouches for it, so that the next start finds a clean end. */
    void close() {
        lock.run(() -> {
            closed = true;
            lock.signalChange();
        });
        disk.close();
    }
}
