package io.millrace.agent.spool;

/**
 * A place in a lane's spool, between two blocks.
 *
 * @param segment index of a segment; it may be gone by now, then the next one is meant
 * @param offset in its file, 0 for its beginning
 */
public record Position(long segment, long offset) implements Comparable<Position> {
    public static final Position START = new Position(0, 0);

    @Override
    public int compareTo(Position other) {
        int bySegment = Long.compare(segment, other.segment);
        return bySegment != 0 ? bySegment : Long.compare(offset, other.offset);
    }
}
