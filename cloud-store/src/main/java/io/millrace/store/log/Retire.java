package io.millrace.store.log;

import io.millrace.model.StreamId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A step of retention. First the floor is raised: what is logged behind that and is older becomes a dead letter. Then
 * the older rows are counted, since nothing is added to them any more, and the counts are logged: from the last of
 * these entries on the rows count as retired, and may be dropped.
 *
 * <pre>
 * payload := step u8 (0 floor, 1 counts, 2 last counts) | count i32 | (site utf | agent utf | lane utf | epoch i64 | events i64)*
 * </pre>
 *
 * Big-endian; {@code utf} as in {@link Verdicts}. The entry's time range is the floor.
 *
 * @param floorMicros event time, microseconds since 1970; older than that is given up
 * @param counts at most {@value #COUNTS_MAX}, none in the first step
 */
public record Retire(long floorMicros, Step step, List<Count> counts) {
    /** Keeps an entry with the longest names below {@link EventLog#ENTRY_BYTES_MAX}. */
    public static final int COUNTS_MAX = 5_000;

    /** Which one, with the code that the log keeps. */
    public enum Step {
        FLOOR(0),
        COUNTS(1),
        LAST_COUNTS(2);

        private final int code;

        Step(int code) {
            this.code = code;
        }

        private static Step ofCode(int code) {
            return switch (code) {
                case 0 -> FLOOR;
                case 1 -> COUNTS;
                case 2 -> LAST_COUNTS;
                default ->
                    throw new IllegalArgumentException("step of a retirement is %d, expected 0 to 2".formatted(code));
            };
        }
    }

    /**
     * Events of one stream that are older than this floor and not older than the one before.
     *
     * @param stream of lane {@value StreamId#PLAIN} stands for all plain devices together
     */
    public record Count(StreamId stream, long events) {
        /** Of all plain devices together. */
        public static Count plain(long events) {
            return new Count(new StreamId(StreamId.PLAIN, StreamId.PLAIN, StreamId.PLAIN, 0), events);
        }

        public boolean isPlain() {
            return stream.lane().equals(StreamId.PLAIN);
        }
    }

    public Retire {
        if (counts.size() > COUNTS_MAX) {
            throw new IllegalArgumentException(
                    "retirement holds %d counts, expected at most %d".formatted(counts.size(), COUNTS_MAX));
        }
    }

    /** Raises the floor. */
    public static Retire floor(long floorMicros) {
        return new Retire(floorMicros, Step.FLOOR, List.of());
    }

    /** As many entries as the counts need, at least one; to be logged in one commit. */
    public static List<Retire> counted(long floorMicros, List<Count> counts) {
        var retires = new ArrayList<Retire>();
        int from = 0;
        do {
            int to = Math.min(counts.size(), from + COUNTS_MAX);
            Step step = to == counts.size() ? Step.LAST_COUNTS : Step.COUNTS;
            retires.add(new Retire(floorMicros, step, counts.subList(from, to)));
            from = to;
        } while (from < counts.size());
        return retires;
    }

    /** What goes into the log. */
    public LogEntry logged() {
        return LogEntry.retire(floorMicros, payload());
    }

    /**
     * @param logged of the kind {@link EntryKind#RETIRE}
     * @throws IllegalArgumentException if its payload is not what {@link #logged} writes
     */
    public static Retire of(LogEntry logged) {
        try (var in = new DataInputStream(new ByteArrayInputStream(logged.payload()))) {
            Step step = Step.ofCode(in.readUnsignedByte());
            var counts = new ArrayList<Count>();
            for (int left = in.readInt(); left > 0; left--) {
                var stream = new StreamId(in.readUTF(), in.readUTF(), in.readUTF(), in.readLong());
                counts.add(new Count(stream, in.readLong()));
            }
            return new Retire(logged.fromMicros(), step, counts);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "retirement of %d bytes is cut short".formatted(logged.payload().length), e);
        }
    }

    private byte[] payload() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(step.code);
            out.writeInt(counts.size());
            for (Count count : counts) {
                out.writeUTF(count.stream.site());
                out.writeUTF(count.stream.agent());
                out.writeUTF(count.stream.lane());
                out.writeLong(count.stream.epoch());
                out.writeLong(count.events);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
