package io.millrace.agent.spool;

import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a lane from a place on, oldest first, past what is settled. Checks every block as it reads: what is damaged is
 * declared as a gap, what is valid behind it is read. Memory: one block. Not thread-safe.
 */
public final class Cursor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Cursor.class);
    private static final int FAILURES_MAX = 10;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int EVENT_BYTES = 24;

    private final LaneSpool lane;
    private final SpoolEnvironment environment;
    private final BlockReader entries = new BlockReader();

    private Position at;
    private @Nullable Segment segment;
    private @Nullable SegmentReader reader;
    private long expected;
    private int failures;
    private long retryAtNanos;

    private boolean inBlock;
    private long entrySequence;
    private BlockReader.Entry entry = BlockReader.Entry.END;
    private Iterator<Interval> unsettled = List.<Interval>of().iterator();
    private Interval wanted = new Interval(0, 0);

    private EventBatch.Builder batch = EventBatch.builder();
    private int[] batchSeries = new int[16];
    private int batchBytes;

    Cursor(LaneSpool lane, SpoolEnvironment environment, Position from) {
        this.lane = lane;
        this.environment = environment;
        this.at = from;
        this.retryAtNanos = environment.nanoTime().getAsLong();
    }

    /** The lane that it reads. */
    public LaneSpool lane() {
        return lane;
    }

    /** Where it stands: the beginning of the block that it will read next, or is in. */
    public Position position() {
        return at;
    }

    /** Whether the disk could not be read last: {@link #next} finds nothing until it is tried again. */
    public boolean isFailing() {
        return failures > 0;
    }

    /**
     * Reads on. What is in memory only is not seen: flush before.
     *
     * @param eventsMax most events, 1 to {@value EventBatch#EVENTS_MAX}
     * @param bytesMax most bytes, estimated generously; a single event may have more
     * @param until reads no further than this
     */
    public Spooled next(int eventsMax, int bytesMax, Position until) {
        if (failures > 0 && environment.nanoTime().getAsLong() - retryAtNanos < 0) {
            return new Spooled.Nothing();
        }
        try {
            Spooled next = read(eventsMax, bytesMax, until);
            failures = 0;
            return next;
        } catch (IOException e) {
            failed(e);
            return new Spooled.Nothing();
        }
    }

    private Spooled read(int eventsMax, int bytesMax, Position until) throws IOException {
        batchBytes = 0;
        long first = 0;
        StreamId stream = lane.stream();
        while (entry != BlockReader.Entry.END || advance(until)) {
            StreamId of = streamOfBlock();
            if (entry == BlockReader.Entry.REFUSED) {
                if (batch.size() > 0) {
                    break;
                }
                return refused(of);
            }
            if (batch.size() == 0) {
                first = entrySequence;
                stream = of;
            } else if (entrySequence != first + batch.size()
                    || !of.equals(stream)
                    || batch.size() == eventsMax
                    || batchBytes + bytesOfEntry() > bytesMax) {
                break;
            }
            take();
        }
        if (batch.size() == 0) {
            return new Spooled.Nothing();
        }
        var events = new Spooled.Events(stream, first, batch.build());
        batch = EventBatch.builder();
        return events;
    }

    private StreamId streamOfBlock() {
        return segment == null ? lane.stream() : segment.header().stream();
    }

    private Spooled refused(StreamId stream) {
        long micros = entries.micros();
        var range = new Interval(entrySequence, entrySequence);
        entry = BlockReader.Entry.END;
        return new Spooled.Refused(new Gap(stream, range, Gap.Reason.REFUSED, micros, micros));
    }

    private int bytesOfEntry() {
        String text = entries.textOrNull();
        return EVENT_BYTES + (text == null ? 0 : 3 * text.length());
    }

    private void take() {
        int id = entries.seriesId();
        if (id >= batchSeries.length) {
            int from = batchSeries.length;
            batchSeries = Arrays.copyOf(batchSeries, Math.max(2 * from, id + 1));
            Arrays.fill(batchSeries, from, batchSeries.length, -1);
        }
        int known = batch.size() == 0 ? -1 : batchSeries[id];
        if (batch.size() == 0) {
            Arrays.fill(batchSeries, -1);
        }
        if (known < 0) {
            Series series = entries.series().get(id);
            known = batch.seriesIndex(series);
            batchSeries[id] = known;
            batchBytes += 3
                    * (series.device().length()
                            + series.metric().length()
                            + series.unit().length());
        }
        batchBytes += bytesOfEntry();
        batch.add(known, entries.micros(), entries.type(), entries.bits(), entries.textOrNull(), entries.quality());
        entry = BlockReader.Entry.END;
    }

    /** Moves to the next event, or refused one, that is not settled. */
    private boolean advance(Position until) throws IOException {
        while (inBlock || nextBlock(until)) {
            try {
                if (nextEntry()) {
                    return true;
                }
            } catch (IllegalArgumentException | IndexOutOfBoundsException | BufferUnderflowException e) {
                log.debug("Block with a valid checksum holds nonsense", e);
                loseRestOfBlock();
            }
            inBlock = false;
            entry = BlockReader.Entry.END;
        }
        return false;
    }

    private boolean nextEntry() {
        while (true) {
            switch (entries.next()) {
                case EVENT -> entry = BlockReader.Entry.EVENT;
                case REFUSED -> entry = BlockReader.Entry.REFUSED;
                case GAP, STATE -> {
                    continue;
                }
                case END -> {
                    return false;
                }
            }
            entrySequence++;
            while (entrySequence > wanted.last() && unsettled.hasNext()) {
                wanted = unsettled.next();
            }
            if (entrySequence > wanted.last()) {
                entry = BlockReader.Entry.END;
                return false;
            }
            if (entrySequence >= wanted.first()) {
                return true;
            }
        }
    }

    private void loseRestOfBlock() {
        if (segment != null) {
            lane.lost(segment, Math.max(entrySequence, 1), Math.max(entrySequence, expected - 1));
        }
    }

    /** Moves to the next block that holds anything unsettled. */
    private boolean nextBlock(Position until) throws IOException {
        while (true) {
            Segment in = segment;
            SegmentReader from = reader;
            if (in == null || from == null) {
                if (!openNext(until)) {
                    return false;
                }
                continue;
            }
            boolean bounded = in.index() == until.segment();
            long end = bounded ? Math.min(until.offset(), in.readableEnd()) : in.readableEnd();
            if (from.nextOffset() < end && from.next(end)) {
                at = new Position(in.index(), from.offset());
                if (from.kind() == Format.DATA && from.count() > 0 && enter(in, from)) {
                    return true;
                }
                continue;
            }
            if (from.nextOffset() < end) {
                from.seek(end);
            }
            at = new Position(in.index(), from.nextOffset());
            if (bounded || !lane.isEnded(in)) {
                return false;
            }
            if (in.readableEnd() == end) {
                leave(in);
            }
        }
    }

    private boolean enter(Segment in, SegmentReader from) {
        if (expected > 0 && from.first() > expected) {
            lane.lost(in, expected, from.first() - 1);
        }
        expected = from.last() + 1;
        List<Interval> missing = lane.unsettled(in.epoch(), from.first(), from.last());
        if (missing.isEmpty()) {
            return false;
        }
        unsettled = missing.iterator();
        wanted = unsettled.next();
        entrySequence = from.first() - 1;
        from.entries(entries);
        Arrays.fill(batchSeries, -1);
        inBlock = true;
        return true;
    }

    private void leave(Segment in) throws IOException {
        if (expected > 0 && expected <= in.last()) {
            lane.lost(in, expected, in.last());
        }
        close();
        at = new Position(in.index() + 1, 0);
    }

    private boolean openNext(Position until) throws IOException {
        Segment next = lane.segmentAtOrAfter(at.segment());
        if (next == null
                || next.index() > until.segment()
                || (next.index() == until.segment() && until.offset() == 0)) {
            return false;
        }
        if (lane.isEndedAndSettled(next)) {
            at = new Position(next.index() + 1, 0);
            return true;
        }
        boolean inside = next.index() == at.segment() && at.offset() > next.headerBytes();
        var opened = new SegmentReader(environment.disk().open(lane.pathOf(next)), next.header());
        if (inside) {
            opened.seek(at.offset());
        }
        expected = inside ? 0 : next.first();
        reader = opened;
        segment = next;
        return true;
    }

    private void failed(IOException e) {
        batch = EventBatch.builder();
        Position failedAt = at;
        Segment in = lane.segmentAtOrAfter(failedAt.segment());
        failures++;
        retryAtNanos = environment.nanoTime().getAsLong() + RETRY_NANOS;
        log.warn("Spool cannot be read: segment={} attempt={} cause={}", failedAt.segment(), failures, e.toString());
        close();
        if (failures >= FAILURES_MAX && in != null && lane.isEnded(in)) {
            lane.lost(in, in.first(), in.last());
            at = new Position(in.index() + 1, 0);
            failures = 0;
        }
    }

    /** Lets go of its file; it can go on afterwards. */
    @Override
    public void close() {
        SegmentReader open = reader;
        reader = null;
        segment = null;
        inBlock = false;
        entry = BlockReader.Entry.END;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                log.debug("Closing a segment failed", e);
            }
        }
    }
}
