package io.millrace.agent.spool;

/**
 * What the agent knows of one segment file without reading it. The lane's lock guards it, except for
 * {@link #readableEnd}, which cursors follow.
 */
final class Segment {
    private final SegmentHeader header;
    private final int headerBytes;
    private volatile long readableEnd;
    private long bytes;
    private long last;
    private long minMicros = Long.MAX_VALUE;
    private long maxMicros = Long.MIN_VALUE;
    private boolean damaged;
    private boolean durable;
    private long begunNanos;
    private long writtenNanos;
    private long writtenMicros;

    Segment(SegmentHeader header) {
        this.header = header;
        this.headerBytes = header.bytes();
        this.readableEnd = headerBytes;
        this.bytes = headerBytes;
        this.last = header.firstSequence() - 1;
    }

    SegmentHeader header() {
        return header;
    }

    long index() {
        return header.index();
    }

    long epoch() {
        return header.stream().epoch();
    }

    long first() {
        return header.firstSequence();
    }

    /** Highest sequence in it, {@code first - 1} if none. */
    long last() {
        return last;
    }

    /** Earliest event time; later than {@link #maxMicros} while there is no event. */
    long minMicros() {
        return minMicros;
    }

    long maxMicros() {
        return maxMicros;
    }

    int headerBytes() {
        return headerBytes;
    }

    /** Where its blocks end, as far as cursors may read. */
    long readableEnd() {
        return readableEnd;
    }

    /** Bytes of the file. */
    long bytes() {
        return bytes;
    }

    /** Whether bytes in it cannot be read: it goes to quarantine instead of being deleted. */
    boolean isDamaged() {
        return damaged;
    }

    /** Whether its first block, with all states and gaps, is known to be on disk, so that older segments may go. */
    boolean isDurable() {
        return durable;
    }

    /** When it was begun, by the monotonic clock. */
    long begunNanos() {
        return begunNanos;
    }

    /** When it was written last, by the monotonic clock; of one that was found, as long ago as the wall clock says. */
    long writtenNanos() {
        return writtenNanos;
    }

    /** The same by the wall clock, microseconds since 1970. */
    long writtenMicros() {
        return writtenMicros;
    }

    void begun(long nanos) {
        begunNanos = nanos;
        written(nanos, header.createdMicros());
    }

    void written(long nanos, long micros) {
        writtenNanos = nanos;
        writtenMicros = micros;
    }

    void markDamaged() {
        damaged = true;
    }

    void setDurable() {
        durable = true;
    }

    /** Takes note of a block that was written or found. */
    void grow(long newEnd, long newLast, long min, long max) {
        last = Math.max(last, newLast);
        minMicros = Math.min(minMicros, min);
        maxMicros = Math.max(maxMicros, max);
        bytes = Math.max(bytes, newEnd);
        readableEnd = newEnd;
    }

    void setBytes(long newBytes) {
        bytes = newBytes;
    }
}
