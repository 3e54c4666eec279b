package io.millrace.agent.spool;

import io.millrace.agent.spool.Disk.DiskFile;
import io.millrace.model.StreamId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The segment files of one lane and the one that is written. Guarded by the lane's lock, except for {@link #seal}. */
final class LaneLog {
    private static final Logger log = LoggerFactory.getLogger(LaneLog.class);
    static final String QUARANTINE = "quarantine";
    private static final int QUARANTINE_FILES_MAX = 8;

    private final SpoolEnvironment environment;
    private final Path directory;
    private final NavigableMap<Long, Segment> segments = new TreeMap<>();
    private final List<OpenSegment> retired = new ArrayList<>();
    private @Nullable OpenSegment current;
    private volatile int retiredCount;
    private long indexMax;
    private long bytes;

    /** A segment that can still be written. */
    record OpenSegment(Segment segment, DiskFile file) {}

    LaneLog(SpoolEnvironment environment, Path directory, List<Segment> found, long indexMax) {
        this.environment = environment;
        this.directory = directory;
        this.indexMax = indexMax;
        found.forEach(this::add);
    }

    private void add(Segment segment) {
        segments.put(segment.index(), segment);
        bytes += segment.bytes();
    }

    /** Ends the current segment, if there is one, and begins the next; if that fails, the current one stays. */
    void roll(StreamId stream, long firstSequence, BlockWriter snapshot) throws IOException {
        indexMax++;
        var header = new SegmentHeader(indexMax, stream, firstSequence, environment.nowMicros(), environment.bootId());
        var segment = new Segment(header);
        segment.begun(environment.nanoTime().getAsLong());
        Path path = pathOf(indexMax);
        DiskFile file = environment.disk().create(path);
        try {
            ByteBuffer block = snapshot.finish(Format.SNAPSHOT, header, firstSequence, environment.nowMicros());
            var both = ByteBuffer.allocate(segment.headerBytes() + block.remaining());
            file.append(both.put(header.encode()).put(block).flip());
            segment.grow(both.limit(), firstSequence - 1, Long.MAX_VALUE, Long.MIN_VALUE);
        } catch (IOException e) {
            file.close();
            environment.disk().delete(path);
            throw e;
        }
        retireCurrent();
        add(segment);
        current = new OpenSegment(segment, file);
    }

    private void retireCurrent() {
        if (current != null) {
            retired.add(current);
            retiredCount = retired.size();
            current = null;
        }
    }

    /** Writes a block to the current segment. After a failure it is as if nothing had been written. */
    void write(BlockWriter block, long nextSequence) throws IOException {
        OpenSegment to = writable();
        long writtenMicros = environment.nowMicros();
        ByteBuffer bytes = block.finish(Format.DATA, to.segment.header(), nextSequence, writtenMicros);
        long end = to.segment.readableEnd() + bytes.remaining();
        try {
            to.file.append(bytes);
        } catch (IOException e) {
            cut(to);
            throw e;
        }
        long last = block.count() == 0 ? to.segment.last() : block.first() + block.count() - 1;
        this.bytes += end - to.segment.readableEnd();
        to.segment.grow(end, last, block.minMicros(), block.maxMicros());
        to.segment.written(environment.nanoTime().getAsLong(), writtenMicros);
    }

    private OpenSegment writable() {
        if (current == null) {
            throw new IllegalStateException("lane %s has no segment to write to".formatted(directory));
        }
        return current;
    }

    private void cut(OpenSegment failed) {
        try {
            failed.file.truncate(failed.segment.readableEnd());
        } catch (IOException e) {
            log.warn(
                    "Spool cannot cut a half-written block off, goes on in a new file: file={} cause={}",
                    pathOf(failed.segment.index()),
                    e.toString());
            abandon(failed);
        }
    }

    /** Writes to this segment no more and does not vouch for it: the next start looks at every byte of it. */
    void abandon(OpenSegment failed) {
        if (failed.equals(current)) {
            current = null;
        }
        close(failed.file);
    }

    @Nullable
    OpenSegment current() {
        return current;
    }

    /** Segments that were ended and wait for {@link #seal}; they become the caller's. */
    List<OpenSegment> takeRetired() {
        List<OpenSegment> taken = List.copyOf(retired);
        retired.clear();
        retiredCount = 0;
        return taken;
    }

    /** How many wait for that; may be asked without the lock. */
    int retiredCount() {
        return retiredCount;
    }

    /** Forces the file and then vouches for it by its last block. Needs no lock: nobody else writes to it. */
    void seal(OpenSegment ended, boolean clean) throws IOException {
        try (DiskFile file = ended.file) {
            file.force();
            file.append(BlockWriter.seal(ended.segment, clean));
            if (clean) {
                file.force();
            }
        }
    }

    /** Sees to it that a segment after this one has its first block on disk, so that this one may go. */
    void secureSuccessorOf(Segment segment) throws IOException {
        OpenSegment to = current;
        boolean secured =
                segments.tailMap(segment.index(), false).values().stream().anyMatch(Segment::isDurable);
        if (!secured && to != null) {
            to.file.force();
            forceDirectory();
            to.segment.setDurable();
        }
    }

    void forceDirectory() throws IOException {
        environment.disk().forceDirectory(directory);
    }

    /** Deletes a segment, or moves it to quarantine if it is damaged. Never the current one. */
    void remove(Segment segment) throws IOException {
        for (OpenSegment ended : retired) {
            if (ended.segment == segment) {
                close(ended.file);
            }
        }
        retired.removeIf(ended -> ended.segment == segment);
        segments.remove(segment.index());
        bytes -= segment.bytes();
        if (segment.isDamaged()) {
            quarantine(environment.disk(), directory, SegmentHeader.fileName(segment.index()));
        } else {
            environment.disk().delete(pathOf(segment.index()));
        }
    }

    /** Moves a file to where it harms nobody and a person can look at it; the oldest ones there go. */
    static void quarantine(Disk disk, Path directory, String name) throws IOException {
        Path quarantine = directory.resolve(QUARANTINE);
        disk.createDirectories(quarantine);
        List<String> there = disk.list(quarantine).stream().sorted().toList();
        for (int i = 0; i <= there.size() - QUARANTINE_FILES_MAX; i++) {
            disk.delete(quarantine.resolve(there.get(i)));
        }
        disk.rename(directory.resolve(name), quarantine.resolve(name));
        log.warn(
                "Spool moved a damaged file to quarantine, what could be read was used: file={}",
                quarantine.resolve(name));
    }

    private static void close(DiskFile file) {
        try {
            file.close();
        } catch (IOException e) {
            log.debug("Closing a spool file failed", e);
        }
    }

    Path pathOf(long index) {
        return directory.resolve(SegmentHeader.fileName(index));
    }

    /** Where the lane ends, as cursors may read it, and the segment that can be written there. */
    record Tail(@Nullable OpenSegment segment, Position end) {}

    Tail tail() {
        OpenSegment open = current;
        Position end = open == null
                ? new Position(indexMax + 1, 0)
                : new Position(open.segment.index(), open.segment.readableEnd());
        return new Tail(open, end);
    }

    Path directory() {
        return directory;
    }

    /** Bytes of all segments. */
    long bytes() {
        return bytes;
    }

    /** All segments, oldest first; a copy. */
    List<Segment> segments() {
        return List.copyOf(segments.values());
    }

    /** The oldest segment with this index or a higher one; null if there is none. */
    @Nullable
    Segment atOrAfter(long index) {
        var entry = segments.ceilingEntry(index);
        return entry == null ? null : entry.getValue();
    }

    /** The newest segment with a lower index; null if there is none. */
    @Nullable
    Segment before(long index) {
        var entry = segments.lowerEntry(index);
        return entry == null ? null : entry.getValue();
    }

    void closeFiles() {
        retired.forEach(ended -> close(ended.file));
        retired.clear();
        if (current != null) {
            close(current.file);
            current = null;
        }
    }
}
