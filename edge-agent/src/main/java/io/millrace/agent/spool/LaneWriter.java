package io.millrace.agent.spool;

import io.millrace.model.Event;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import io.millrace.model.StreamId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing side of a lane: numbers events, collects them in a block, writes it, and decides what goes when there is no
 * room. Guarded by the lane's lock.
 */
final class LaneWriter {
    private static final Logger log = LoggerFactory.getLogger(LaneWriter.class);
    private static final int BLOCK_BYTES = 64 * 1024;

    /** Kept free below the limit for what must be written then too: declarations, states, seals. */
    private static final int HEADROOM_BYTES = 256 * 1024;

    private static final int SEGMENT_BYTES_MIN = 256 * 1024;
    private static final int SEGMENT_BYTES_MAX = 8 * 1024 * 1024;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long DECLARE_NANOS_MIN = TimeUnit.SECONDS.toNanos(1);
    private static final long DECLARE_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    private final SpoolEnvironment environment;
    private final StreamId stream;
    private final LaneConfig config;
    private final long bytesMax;
    private final long ageMaxNanos;
    private final LaneLog files;
    private final GapBook gaps;
    private final Map<Long, Epoch> epochs;
    private final Epoch epoch;
    private final Map<String, StoredState> states;
    private final Map<String, StoredState> unwrittenStates = new HashMap<>();
    private final BlockWriter block = new BlockWriter();
    private final SpoolCounters counters;
    private long nextSequence = 1;
    private long refusedBytes;
    private long retryAtNanos;
    private @Nullable String failure;
    private long declareAtNanos;
    private long declareEveryNanos = DECLARE_NANOS_MIN;
    private long lowDiskBytes = Long.MAX_VALUE;
    private long fullToldAtNanos;
    private long expiredToldAtNanos;

    /**
     * @param epochs the books of all epochs, this one's among them
     * @param states of the inputs, as the segments hold them
     */
    LaneWriter(
            SpoolEnvironment environment,
            LaneConfig config,
            StreamId stream,
            LaneLog files,
            GapBook gaps,
            Map<Long, Epoch> epochs,
            Epoch epoch,
            Map<String, StoredState> states,
            SpoolCounters counters) {
        this.environment = environment;
        this.config = config;
        this.stream = stream;
        this.bytesMax = config.bytesMax();
        this.ageMaxNanos =
                config.ageMax() == null ? Long.MAX_VALUE : config.ageMax().toNanos();
        this.files = files;
        this.gaps = gaps;
        this.epochs = epochs;
        this.epoch = epoch;
        this.states = states;
        this.counters = counters;
        this.retryAtNanos = environment.nanoTime().getAsLong();
        this.declareAtNanos = retryAtNanos;
        this.fullToldAtNanos = retryAtNanos - TELL_NANOS;
        this.expiredToldAtNanos = fullToldAtNanos;
    }

    long nextSequence() {
        return nextSequence;
    }

    boolean isEmpty() {
        return block.isEmpty() && gaps.unwritten().isEmpty() && unwrittenStates.isEmpty();
    }

    @Nullable
    StoredState state(String input) {
        StoredState unwritten = unwrittenStates.get(input);
        return unwritten == null ? states.get(input) : unwritten;
    }

    /**
     * Takes the events, if there is room.
     *
     * @param state null if the input keeps none
     * @return null if there is none
     */
    @Nullable
    AppendResult append(List<Event> events, @Nullable StoredState state) {
        boolean follows = block.count() == 0 || block.first() + block.count() == nextSequence;
        if ((block.bytes() >= BLOCK_BYTES || !follows) && !write()) {
            return null;
        }
        BlockWriter.Mark mark = block.mark();
        int refused = encode(events, mark);
        StoredState before = state == null ? null : unwrittenStates.put(state.input(), state);
        if (!isRoom() || (config.sync() instanceof SyncPolicy.Always && !write())) {
            refusedBytes = (long) block.bytes() - mark.at();
            block.rewind(mark);
            restore(state, before);
            return null;
        }
        var accepted = new AppendResult.Accepted(nextSequence, refused);
        nextSequence += events.size();
        counters.eventsAccepted += events.size() - refused;
        counters.eventsRefused += refused;
        return accepted;
    }

    private void restore(@Nullable StoredState state, @Nullable StoredState before) {
        if (before != null) {
            unwrittenStates.put(before.input(), before);
        } else if (state != null) {
            unwrittenStates.remove(state.input());
        }
    }

    private int encode(List<Event> events, BlockWriter.Mark mark) {
        int refused = 0;
        long sequence = nextSequence;
        for (Event event : events) {
            if (BlockWriter.isTooLarge(event)) {
                block.refused(sequence++, event.timeMicros());
                refused++;
            } else {
                block.event(sequence++, event);
            }
            if (block.bytes() - mark.at() > LaneSpool.APPEND_BYTES_MAX) {
                block.rewind(mark);
                throw new IllegalArgumentException("append of %d events to lane %s takes more than %d bytes"
                        .formatted(events.size(), stream.lane(), LaneSpool.APPEND_BYTES_MAX));
            }
        }
        return refused;
    }

    /** Takes the events or does what the policy says; null if that is to take nothing. */
    @Nullable
    AppendResult appendOrDrop(List<Event> events, @Nullable StoredState state) {
        AppendResult result = append(events, state);
        if (result != null) {
            return result;
        }
        long droppedBefore = counters.eventsDropped;
        if (config.whenFull() == WhenFull.DROP_OLDEST) {
            while (result == null && evictOldest()) {
                result = append(events, state);
            }
        }
        if (result == null || counters.eventsDropped > droppedBefore) {
            tellFull();
        }
        return result == null && config.whenFull() != WhenFull.BLOCK ? drop(events, state) : result;
    }

    /** At most once a minute. */
    private void tellFull() {
        long now = environment.nanoTime().getAsLong();
        if (now - fullToldAtNanos >= TELL_NANOS) {
            fullToldAtNanos = now;
            log.warn(
                    "No room for new events; restore the uplink, raise max-bytes or free the disk: {} whenFull={}"
                            + " droppedSinceStart={}",
                    fullReason(),
                    config.whenFull().name().toLowerCase(Locale.ROOT),
                    counters.eventsDropped);
        }
    }

    private AppendResult drop(List<Event> events, @Nullable StoredState state) {
        var dropped = new AppendResult.Dropped(nextSequence);
        if (state != null) {
            unwrittenStates.put(state.input(), state);
        }
        if (!events.isEmpty()) {
            long from = events.stream().mapToLong(Event::timeMicros).min().orElseThrow();
            long to = events.stream().mapToLong(Event::timeMicros).max().orElseThrow();
            var range = new Interval(nextSequence, nextSequence + events.size() - 1);
            gaps.declare(new Gap(stream, range, Gap.Reason.DISK_FULL, from, to));
            counters.eventsDropped += range.count();
            nextSequence += events.size();
        }
        return dropped;
    }

    /** Gives the oldest segment up. What of it is not settled becomes a gap. */
    private boolean evictOldest() {
        Segment oldest = files.atOrAfter(0);
        LaneLog.OpenSegment current = files.current();
        if (oldest == null) {
            return false;
        }
        boolean isCurrent = current != null && oldest == current.segment();
        if (isCurrent && oldest.last() < oldest.first()) {
            return false;
        }
        try {
            if (isCurrent) {
                roll();
            }
            counters.eventsDropped += declareLost(oldest, Gap.Reason.DISK_FULL);
            files.secureSuccessorOf(oldest);
            files.remove(oldest);
            return true;
        } catch (IOException e) {
            failed(e);
            return false;
        }
    }

    /** Declares what of a segment is neither settled nor declared yet; returns how many events that are. */
    private long declareLost(Segment given, Gap.Reason reason) {
        if (given.last() < given.first()) {
            return 0;
        }
        IntervalSet settled = epochs.getOrDefault(given.epoch(), epoch).settled();
        var lost = IntervalSet.copyOf(settled.missingFrom(given.first(), given.last()));
        lost.removeAll(gaps.rangesOf(given.epoch()));
        StreamId of = given.header().stream();
        lost.forEach(range -> gaps.declare(new Gap(of, range, reason, given.minMicros(), given.maxMicros())));
        return lost.count();
    }

    /**
     * Declares and writes what has waited longer than the maximum age.
     *
     * @return the segments that hold nothing else; they may go once that is on disk
     */
    List<Segment> declareExpired() {
        LaneLog.OpenSegment current = files.current();
        if (current != null && isOld(current.segment())) {
            write();
        }
        LaneLog.OpenSegment written = files.current();
        long now = environment.nanoTime().getAsLong();
        var expired = new ArrayList<Segment>();
        long events = 0;
        for (Segment segment : files.segments()) {
            boolean isWritten = written != null && segment == written.segment();
            if (!isWritten && now - segment.writtenNanos() >= ageMaxNanos && !isSettled(segment)) {
                events += declareLost(segment, Gap.Reason.EXPIRED);
                expired.add(segment);
            }
        }
        if (events > 0) {
            expired(events);
        }
        return expired;
    }

    private void expired(long events) {
        counters.eventsExpired += events;
        long now = environment.nanoTime().getAsLong();
        if (now - expiredToldAtNanos >= TELL_NANOS) {
            expiredToldAtNanos = now;
            log.warn(
                    "Events waited longer than the lane's max-age without a receipt, are given up and declared as a gap:"
                            + " lane={} maxAge={} now={} sinceStart={}",
                    stream.lane(),
                    config.ageMax(),
                    events,
                    counters.eventsExpired);
        }
        write();
    }

    private boolean isSettled(Segment segment) {
        return epochs.getOrDefault(segment.epoch(), epoch).isSettled(segment.first(), segment.last());
    }

    /** Lets go of segments that were declared. */
    void remove(List<Segment> declared) {
        try {
            for (Segment segment : declared) {
                if (files.atOrAfter(segment.index()) == segment) {
                    files.secureSuccessorOf(segment);
                    files.remove(segment);
                }
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    /** Whether a segment holds events that are an eighth of the maximum age old: the next ones go to another. */
    private boolean isOld(Segment segment) {
        return segment.first() <= segment.last()
                && environment.nanoTime().getAsLong() - segment.begunNanos() >= ageMaxNanos / 8;
    }

    /** Whether what was refused last would be taken now. */
    boolean isRoomAgain() {
        return isRoomFor(refusedBytes);
    }

    private boolean isRoom() {
        return isRoomFor(0);
    }

    private boolean isRoomFor(long more) {
        return files.bytes() + block.bytes() + more <= Math.min(bytesMax - HEADROOM_BYTES, lowDiskBytes)
                && (failure == null || block.bytes() <= BLOCK_BYTES);
    }

    String fullReason() {
        String why = failure != null
                ? failure
                : lowDiskBytes < bytesMax
                        ? "its disk has less than %d bytes left".formatted(config.freeDiskBytesMin())
                        : "it holds %d of at most %d bytes".formatted(files.bytes(), bytesMax);
        return "spool of lane %s is full: %s".formatted(stream.lane(), why);
    }

    /** Looks how much room the disk has; below the floor the spool must not grow. */
    void checkDisk(long freeBytes) {
        boolean low = freeBytes < config.freeDiskBytesMin();
        if (low && lowDiskBytes == Long.MAX_VALUE) {
            lowDiskBytes = files.bytes();
            log.warn(
                    "Disk is nearly full, the spool grows no more: lane={} freeBytes={} spoolBytes={} whenFull={}",
                    stream.lane(),
                    freeBytes,
                    lowDiskBytes,
                    config.whenFull());
        } else if (!low && lowDiskBytes != Long.MAX_VALUE) {
            lowDiskBytes = Long.MAX_VALUE;
            log.info("Disk has room again: lane={} freeBytes={}", stream.lane(), freeBytes);
        }
    }

    /**
     * Hands the block to the operating system, with what is to be declared and the inputs' states.
     *
     * @return whether nothing is left in memory
     */
    boolean write() {
        LaneLog.OpenSegment current = files.current();
        if (isEmpty() && current != null && !isOld(current.segment())) {
            return true;
        }
        if (failure != null && environment.nanoTime().getAsLong() - retryAtNanos < 0) {
            return false;
        }
        try {
            writeOnce();
            if (failure != null) {
                log.info("Spool can be written again: lane={}", stream.lane());
                failure = null;
            }
            return true;
        } catch (IOException e) {
            failed(e);
            return false;
        }
    }

    private void writeOnce() throws IOException {
        LaneLog.OpenSegment current = files.current();
        if (current == null || current.segment().bytes() >= segmentBytes() || isOld(current.segment())) {
            roll();
        }
        if (block.count() > 0 || mayDeclare()) {
            writeBlock();
        }
    }

    /** While there is no room, what is dropped is declared on disk now and then only: that takes room, too. */
    private boolean mayDeclare() {
        if (isEmpty()) {
            return false;
        }
        if (isRoom()) {
            declareEveryNanos = DECLARE_NANOS_MIN;
            return true;
        }
        long now = environment.nanoTime().getAsLong();
        if (now - declareAtNanos < 0 || files.bytes() > bytesMax - HEADROOM_BYTES / 4) {
            return false;
        }
        declareAtNanos = now + declareEveryNanos;
        declareEveryNanos = Math.min(2 * declareEveryNanos, DECLARE_NANOS_MAX);
        return true;
    }

    private void writeBlock() throws IOException {
        BlockWriter.Mark mark = block.mark();
        gaps.unwritten().forEach(block::gap);
        unwrittenStates.values().forEach(block::state);
        try {
            int bytes = block.bytes();
            files.write(block, nextSequence);
            counters.bytesWritten += bytes;
        } catch (IOException e) {
            block.rewind(mark);
            throw e;
        }
        gaps.written();
        states.putAll(unwrittenStates);
        unwrittenStates.clear();
        long last = block.count() == 0 ? nextSequence - 1 : block.first() + block.count() - 1;
        epoch.produce(Math.max(last, declaredLast()));
        block.clear();
    }

    /** Sequences dropped behind the block are written too, as gaps. */
    private long declaredLast() {
        return gaps.rangesOf(epoch.id()).stream()
                .filter(range -> !range.isOpenEnded())
                .mapToLong(Interval::last)
                .max()
                .orElse(0);
    }

    /** Begins a segment with all that makes older ones unnecessary, except their events. */
    private void roll() throws IOException {
        var snapshot = new BlockWriter();
        gaps.pending().forEach(snapshot::gap);
        states.values().forEach(snapshot::state);
        files.roll(stream, block.count() == 0 ? nextSequence : block.first(), snapshot);
        counters.bytesWritten += snapshot.bytes();
    }

    private long segmentBytes() {
        return Math.clamp(bytesMax / 8, SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX);
    }

    private void failed(IOException e) {
        counters.writesFailed++;
        retryAtNanos = environment.nanoTime().getAsLong() + RETRY_NANOS;
        if (failure == null) {
            log.error(
                    "Spool cannot be written, new events stay in memory until it is full: lane={} cause={}",
                    stream.lane(),
                    e.toString());
        }
        failure = "it cannot be written, " + e;
    }
}
