package io.millrace.store.derive;

import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.store.log.LogEntry;
import java.util.List;

/**
 * The events of one entry that are folded for the first time and are stored: no repeats, no dead letters. Columns, like
 * the {@link EventBatch} they come from; event {@code n} here is event {@link #index} there.
 */
public final class Fresh {
    /** Flag: the time lies ahead; keep it away from watermarks and latest values. */
    public static final int FUTURE = 1;

    /** Flag: drained from a backlog, beside the live ones. */
    public static final int BACKFILL = 2;

    private static final EventBatch NO_EVENTS = EventBatch.builder().build();

    private final long position;
    private final LogEntry entry;
    private final EventBatch events;
    private final int[] indexes;
    private final byte[] flags;
    private final int size;
    private final List<Gap> gaps;

    Fresh(long position, LogEntry entry, EventBatch events, int[] indexes, byte[] flags, int size) {
        this(position, entry, events, indexes, flags, size, List.of());
    }

    private Fresh(
            long position, LogEntry entry, EventBatch events, int[] indexes, byte[] flags, int size, List<Gap> gaps) {
        this.position = position;
        this.entry = entry;
        this.events = events;
        this.indexes = indexes;
        this.flags = flags;
        this.size = size;
        this.gaps = gaps;
    }

    static Fresh none(long position, LogEntry entry) {
        return new Fresh(position, entry, NO_EVENTS, new int[0], new byte[0], 0);
    }

    static Fresh ofGaps(long position, LogEntry entry, List<Gap> gaps) {
        return new Fresh(position, entry, NO_EVENTS, new int[0], new byte[0], 0, gaps);
    }

    /** All but fresh event {@code n}; for {@link DefectiveRows}. */
    Fresh without(int n) {
        int[] fewer = new int[size - 1];
        byte[] theirFlags = new byte[size - 1];
        for (int from = 0, to = 0; from < size; from++) {
            if (from != n) {
                fewer[to] = indexes[from];
                theirFlags[to++] = flags[from];
            }
        }
        return new Fresh(position, entry, events, fewer, theirFlags, size - 1);
    }

    /** Fresh event {@code n} alone, under another name; for {@link DefectiveRows}. */
    Fresh again(int n) {
        return new Fresh(
                position, DefectiveRows.renamed(entry), events, new int[] {indexes[n]}, new byte[] {flags[n]}, 1);
    }

    /** Bytes of the logged message. */
    int payloadBytes() {
        return entry.payload().length;
    }

    /** Those that happened up to that time, microseconds since 1970. */
    Fresh upTo(long micros) {
        return where(micros, false);
    }

    /** Those that happened later. */
    Fresh after(long micros) {
        return where(micros, true);
    }

    private Fresh where(long micros, boolean later) {
        int[] theirs = new int[size];
        byte[] theirFlags = new byte[size];
        int many = 0;
        for (int n = 0; n < size; n++) {
            if (events.timeMicros(indexes[n]) > micros == later) {
                theirs[many] = indexes[n];
                theirFlags[many++] = flags[n];
            }
        }
        return new Fresh(position, entry, events, theirs, theirFlags, many);
    }

    /** How many events are fresh; 0 for an entry without any. */
    public int size() {
        return size;
    }

    /** What the entry declares lost that was neither stored nor declared before; then there are no events. */
    public List<Gap> gaps() {
        return gaps;
    }

    /** Position of the entry in the log. */
    public long position() {
        return position;
    }

    public String site() {
        return entry.site();
    }

    /** The agent, of a plain device the device. */
    public String agent() {
        return entry.agent();
    }

    public String lane() {
        return entry.lane();
    }

    public long epoch() {
        return entry.epoch();
    }

    /** All events of the entry, also those that are not fresh. */
    public EventBatch events() {
        return events;
    }

    /** Place of fresh event {@code n} in {@link #events()}; ascending in {@code n}. */
    public int index(int n) {
        return indexes[n];
    }

    /** Sequence of fresh event {@code n}. */
    public long sequence(int n) {
        return entry.first() + indexes[n];
    }

    /** {@link #FUTURE} and {@link #BACKFILL}, as the {@code events} table stores them. */
    public int flags(int n) {
        return flags[n];
    }

    public boolean isFuture(int n) {
        return (flags[n] & FUTURE) != 0;
    }

    public boolean isBackfill(int n) {
        return (flags[n] & BACKFILL) != 0;
    }
}
