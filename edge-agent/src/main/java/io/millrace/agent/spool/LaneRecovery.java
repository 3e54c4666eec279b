package io.millrace.agent.spool;

import io.millrace.agent.spool.Disk.DiskFile;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import io.millrace.model.StreamId;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a lane's folder holds, whatever happened to it. Segments that end with a seal are taken at its word;
 * the others, usually the last one only, are read. Every sequence that was given out and is neither there, nor settled,
 * nor declared becomes a gap: there is no silent way out.
 */
final class LaneRecovery {
    private static final Logger log = LoggerFactory.getLogger(LaneRecovery.class);

    /** 2026-01-01: no clock was ever right that said less while this software ran. */
    private static final long PLAUSIBLE_FROM_MICROS = 1_767_225_600_000_000L;

    private final SpoolEnvironment environment;
    private final Path directory;
    private final StreamId lane;

    private final List<Segment> segments = new ArrayList<>();
    private final Map<Long, Epoch> epochs = new LinkedHashMap<>();
    private final Map<Long, IntervalSet> present = new HashMap<>();
    private final Map<String, StoredState> states = new HashMap<>();
    private final GapBook gaps = new GapBook();
    private final BlockReader entries = new BlockReader();
    private final Set<Long> declaredEpochs = new LinkedHashSet<>();
    private long indexMax;
    /** Epochs whose end no later segment vouches for, oldest first, and whether nothing can be missing there. */
    private final Map<Long, Boolean> endIsClean = new LinkedHashMap<>();

    private boolean segmentUnreadable;

    /**
     * @param lane names the lane; its epoch means nothing
     */
    LaneRecovery(SpoolEnvironment environment, Path directory, StreamId lane) {
        this.environment = environment;
        this.directory = directory;
        this.lane = lane;
    }

    List<Segment> segments() {
        return segments;
    }

    /** Highest number a segment ever had. */
    long indexMax() {
        return indexMax;
    }

    /** The books of all epochs that still matter, oldest first. */
    Map<Long, Epoch> epochs() {
        return epochs;
    }

    GapBook gaps() {
        return gaps;
    }

    Map<String, StoredState> states() {
        return states;
    }

    /**
     * @throws SpoolUnavailableException if the folder is another agent's or of a newer version
     * @throws IOException if the disk cannot be read
     */
    void run() throws IOException, SpoolUnavailableException {
        Map<Long, Epoch> known = new LinkedHashMap<>();
        for (Epoch epoch : new SettledFile(environment.disk(), directory).read()) {
            known.put(epoch.id(), epoch);
        }
        find(known.keySet());
        readSegments();
        keepBooks(known);
        endIsClean.forEach((epoch, clean) -> closeUnlessClean(epoch, clean && !segmentUnreadable));
        declareAbsent();
        gaps.removeIf(gap -> settledOf(gap.stream().epoch())
                .containsAll(gap.range().first(), gap.range().last()));
        epochs.values().removeIf(this::isOver);
    }

    private void find(Set<Long> knownEpochs) throws IOException, SpoolUnavailableException {
        List<Long> indices = environment.disk().list(directory).stream()
                .map(SegmentHeader::indexOf)
                .filter(index -> index >= 0)
                .sorted()
                .toList();
        var candidates = new LinkedHashSet<>(knownEpochs);
        for (long index : indices) {
            indexMax = index;
            Segment segment = open(index, candidates);
            if (segment == null) {
                segmentUnreadable = true;
                LaneLog.quarantine(environment.disk(), directory, SegmentHeader.fileName(index));
            } else {
                candidates.add(segment.epoch());
                segments.add(segment);
            }
        }
    }

    private @Nullable Segment open(long index, Set<Long> candidates) throws IOException, SpoolUnavailableException {
        try (DiskFile file = environment.disk().open(directory.resolve(SegmentHeader.fileName(index)))) {
            byte[] head = new byte[SegmentHeader.BYTES_MAX];
            int n = file.read(ByteBuffer.wrap(head), 0);
            if (SegmentHeader.versionOf(head, n) > Format.VERSION) {
                throw new SpoolUnavailableException(
                        "spool %s was written by a newer version of the agent; start that one, or let it drain there first"
                                .formatted(directory));
            }
            SegmentHeader header = SegmentHeader.decode(head, n);
            if (header == null || header.index() != index) {
                return withoutHeader(index, file, candidates);
            }
            checkOwner(header.stream());
            var segment = new Segment(header);
            segment.setBytes(file.size());
            return segment;
        }
    }

    private void checkOwner(StreamId owner) throws SpoolUnavailableException {
        if (!owner.site().equals(lane.site()) || !owner.agent().equals(lane.agent())) {
            throw new SpoolUnavailableException(
                    ("spool %s belongs to agent %s of site %s, this one is %s of %s: its events would appear under a wrong"
                                    + " name. Give this agent a folder of its own, or let the other one drain first")
                            .formatted(directory, owner.agent(), owner.site(), lane.agent(), lane.site()));
        }
    }

    /** The header is damaged: whether the blocks are of one of these epochs shows by their checksums. */
    private @Nullable Segment withoutHeader(long index, DiskFile file, Set<Long> candidates) throws IOException {
        for (long epoch : candidates) {
            var guess = new SegmentHeader(index, streamOf(epoch), 1, environment.nowMicros(), environment.bootId());
            var reader = new SegmentReader(file, guess);
            if (reader.next(file.size())) {
                var segment = new Segment(new SegmentHeader(
                        index, guess.stream(), reader.first(), guess.createdMicros(), guess.bootId()));
                segment.setBytes(file.size());
                segment.markDamaged();
                return segment;
            }
        }
        return null;
    }

    private StreamId streamOf(long epoch) {
        return new StreamId(lane.site(), lane.agent(), lane.lane(), epoch);
    }

    /**
     * Finds the last segment that begins with a snapshot of states and gaps. It and those behind it are read for these;
     * the epochs that ended before it were closed when it was written.
     */
    private void readSegments() throws IOException {
        int snapshot = segments.size() - 1;
        while (snapshot > 0 && !beginsWithSnapshot(segments.get(snapshot))) {
            snapshot--;
        }
        for (int i = 0; i < segments.size(); i++) {
            read(segments.get(i), i >= snapshot);
        }
    }

    private void read(Segment segment, boolean open) throws IOException {
        try (DiskFile file = environment.disk().open(pathOf(segment))) {
            Seal seal = sealOf(segment, file);
            boolean clean;
            if (seal == null) {
                clean = walk(segment, file, open);
                trySeal(segment, file, clean);
            } else {
                clean = seal.clean();
                segment.grow(file.size() - Format.SEAL_BYTES, seal.last(), seal.minMicros(), seal.maxMicros());
                segment.setBytes(file.size());
                written(segment, seal.writtenMicros());
                add(segment, segment.first(), segment.last());
                if (open) {
                    fold(segment, file);
                }
            }
            if (open) {
                endIsClean.put(segment.epoch(), clean);
            }
            segment.setDurable();
        }
    }

    /**
     * Tells a segment's age by the monotonic clock. Where the wall clock makes no sense, then or now, it begins anew: an
     * event that waits too long does less harm than one that is given up too early.
     */
    private void written(Segment segment, long micros) {
        long now = environment.nanoTime().getAsLong();
        long ageMicros = environment.nowMicros() - micros;
        boolean makesSense = micros >= PLAUSIBLE_FROM_MICROS && ageMicros >= 0;
        segment.written(makesSense ? now - TimeUnit.MICROSECONDS.toNanos(ageMicros) : now, micros);
    }

    private boolean beginsWithSnapshot(Segment segment) throws IOException {
        try (var reader = new SegmentReader(environment.disk().open(pathOf(segment)), segment.header())) {
            return reader.next(segment.bytes()) && reader.skippedBytes() == 0 && reader.kind() == Format.SNAPSHOT;
        }
    }

    private record Seal(boolean clean, long last, long minMicros, long maxMicros, long writtenMicros) {}

    private @Nullable Seal sealOf(Segment segment, DiskFile file) throws IOException {
        long at = file.size() - Format.SEAL_BYTES;
        if (at < segment.headerBytes()) {
            return null;
        }
        var reader = new SegmentReader(file, segment.header());
        reader.seek(at);
        boolean sealed = reader.next(file.size()) && reader.skippedBytes() == 0 && reader.kind() == Format.SEAL;
        return sealed
                ? new Seal(
                        reader.isCleanSeal(),
                        reader.sealedLast(),
                        reader.minMicros(),
                        reader.maxMicros(),
                        reader.writtenMicros())
                : null;
    }

    /**
     * Reads a segment that does not end with a seal: what is valid in it is what it holds.
     *
     * @return whether it is sure that nothing is missing at its end: the kernel, which had all of it, still runs
     */
    private boolean walk(Segment segment, DiskFile file, boolean foldToo) throws IOException {
        long size = file.size();
        var reader = new SegmentReader(file, segment.header());
        written(segment, segment.header().createdMicros());
        while (reader.next(size)) {
            written(segment, reader.writtenMicros());
            if (reader.skippedBytes() > 0) {
                segment.markDamaged();
            }
            long lastSequence = reader.kind() == Format.DATA ? reader.last() : segment.last();
            segment.grow(reader.nextOffset(), lastSequence, reader.minMicros(), reader.maxMicros());
            if (reader.kind() == Format.DATA && reader.count() > 0) {
                add(segment, reader.first(), reader.last());
            }
            if (foldToo) {
                foldBlock(segment, reader);
            }
        }
        long torn = size - segment.readableEnd();
        if (torn > Format.BLOCK_HEADER_BYTES + Format.BLOCK_PAYLOAD_BYTES_MAX) {
            segment.markDamaged();
        }
        segment.setBytes(size);
        return torn <= 0 && segment.header().isOfBoot(environment.bootId());
    }

    /** Cuts a torn end off and vouches for the rest, so that the next start need not read it. It may as well fail. */
    private void trySeal(Segment segment, DiskFile file, boolean clean) {
        try {
            if (!segment.isDamaged() && segment.readableEnd() < file.size()) {
                file.truncate(segment.readableEnd());
            }
            file.force();
            file.append(BlockWriter.seal(segment, clean));
            segment.setBytes(file.size());
        } catch (IOException e) {
            log.debug("Sealing a recovered segment failed, the next start reads it again", e);
        }
    }

    private void fold(Segment segment, DiskFile file) throws IOException {
        var reader = new SegmentReader(file, segment.header());
        while (reader.next(segment.readableEnd())) {
            foldBlock(segment, reader);
        }
    }

    private void foldBlock(Segment segment, SegmentReader reader) {
        if (reader.kind() == Format.SEAL) {
            return;
        }
        reader.entries(entries);
        try {
            for (var entry = entries.next(); entry != BlockReader.Entry.END; entry = entries.next()) {
                switch (entry) {
                    case GAP -> {
                        gaps.restore(entries.gap());
                        declaredEpochs.add(entries.gap().stream().epoch());
                    }
                    case STATE -> states.merge(entries.state().input(), entries.state(), LaneRecovery::later);
                    case EVENT, REFUSED, END -> {}
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException | BufferUnderflowException _) {
            segment.markDamaged();
        }
    }

    static StoredState later(StoredState a, StoredState b) {
        return a.revision() >= b.revision() ? a : b;
    }

    private void add(Segment segment, long first, long last) {
        IntervalSet there = present.computeIfAbsent(segment.epoch(), _ -> new IntervalSet());
        if (first <= last) {
            there.add(first, last);
        }
    }

    private void keepBooks(Map<Long, Epoch> known) {
        known.forEach(epochs::put);
        for (Segment segment : segments) {
            epochOf(segment.epoch()).produce(segment.last());
        }
        for (Gap gap : gaps.pending()) {
            Epoch epoch = epochOf(gap.stream().epoch());
            epoch.produce(
                    gap.range().isOpenEnded()
                            ? gap.range().first() - 1
                            : gap.range().last());
        }
    }

    private Epoch epochOf(long id) {
        return epochs.computeIfAbsent(id, _ -> new Epoch(id, 0, new IntervalSet()));
    }

    private IntervalSet settledOf(long epoch) {
        return epochOf(epoch).settled();
    }

    /** After an unclean stop an epoch may have gone further than the disk knows. */
    private void closeUnlessClean(long epoch, boolean clean) {
        List<Interval> declared = gaps.rangesOf(epoch);
        if (clean || declared.stream().anyMatch(Interval::isOpenEnded)) {
            return;
        }
        long last = declared.stream().mapToLong(Interval::last).max().orElse(0);
        long from = Long.MIN_VALUE;
        for (Segment segment : segments) {
            if (segment.epoch() == epoch) {
                last = Math.max(last, segment.last());
                boolean anyEvent = segment.minMicros() <= segment.maxMicros();
                from = Math.max(
                        from, anyEvent ? segment.maxMicros() : segment.header().createdMicros());
            }
        }
        long now = environment.nowMicros();
        var range = new Interval(last + 1, Long.MAX_VALUE);
        gaps.declare(new Gap(streamOf(epoch), range, Gap.Reason.UNSYNCED_LOSS, Math.min(from, now), now));
        log.warn(
                "Agent was not stopped cleanly, readings of its last moments may be lost: lane={} afterSequence={}",
                lane.lane(),
                last);
    }

    private void declareAbsent() {
        for (Epoch epoch : List.copyOf(epochs.values())) {
            var accounted = IntervalSet.copyOf(epoch.settled());
            accounted.addAll(present.getOrDefault(epoch.id(), new IntervalSet()));
            accounted.addAll(gaps.rangesOf(epoch.id()));
            for (Interval absent : accounted.missingFrom(1, epoch.produced())) {
                declareDamaged(epoch.id(), absent);
            }
        }
    }

    /** Between the times of what is left of the epoch, or from there to now where its end is lost. */
    private void declareDamaged(long epoch, Interval absent) {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (Segment segment : segments) {
            if (segment.epoch() == epoch) {
                from = Math.min(from, segment.minMicros());
                to = Math.max(to, segment.maxMicros());
            }
        }
        long now = environment.nowMicros();
        if (from > to) {
            from = now;
            to = now;
        }
        boolean endIsLost = absent.last() >= epochOf(epoch).produced();
        gaps.declare(new Gap(streamOf(epoch), absent, Gap.Reason.DAMAGED, from, endIsLost ? Math.max(to, now) : to));
        log.warn(
                "Spool lost events, declared as a gap: lane={} first={} last={}",
                lane.lane(),
                absent.first(),
                absent.last());
    }

    private boolean isOver(Epoch epoch) {
        return !present.containsKey(epoch.id())
                && !declaredEpochs.contains(epoch.id())
                && gaps.rangesOf(epoch.id()).isEmpty()
                && epoch.held().isEmpty();
    }

    private Path pathOf(Segment segment) {
        return directory.resolve(SegmentHeader.fileName(segment.index()));
    }
}
