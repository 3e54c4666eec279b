package io.millrace.store.log;

import io.millrace.store.log.Verdict.DeadLetter;
import io.millrace.store.log.Verdict.Future;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The verdicts on one entry's events. Only exceptions are kept, in runs: an event without a verdict is simply stored.
 *
 * <pre>
 * bytes := runs u16, run*
 * run   := first u16 | length u16 | code u8 (1 future, 2 dead letter) | reason utf | detail utf   texts only after code 2
 * </pre>
 *
 * Big-endian; {@code utf} is a u16 length and modified UTF-8, as {@link DataOutputStream#writeUTF} writes it.
 */
public final class Verdicts {
    /** All events are simply stored. */
    public static final Verdicts NONE = new Verdicts(List.of());

    private static final int FUTURE = 1;
    private static final int DEAD_LETTER = 2;

    private final List<Run> runs;

    /** Events {@code first} to {@code first + length - 1} of the entry got the same verdict. */
    public record Run(int first, int length, Verdict verdict) {}

    private Verdicts(List<Run> runs) {
        this.runs = runs;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The same dead letter for all {@code count} events of an entry; also for an entry without any. */
    public static Verdicts deadLetter(int count, String reason, String detail) {
        return new Verdicts(List.of(new Run(0, Math.max(1, count), new DeadLetter(reason, detail))));
    }

    public boolean isEmpty() {
        return runs.isEmpty();
    }

    /** In ascending order, disjoint. */
    public List<Run> runs() {
        return runs;
    }

    /** The verdict on event {@code index} of the entry, or null if it is simply stored. */
    public @Nullable Verdict of(int index) {
        int low = 0;
        int high = runs.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Run run = runs.get(middle);
            if (index < run.first) {
                high = middle - 1;
            } else if (index >= run.first + run.length) {
                low = middle + 1;
            } else {
                return run.verdict;
            }
        }
        return null;
    }

    /** The bytes that the {@code log} table keeps; none for {@link #NONE}. */
    public byte[] toBytes() {
        if (runs.isEmpty()) {
            return new byte[0];
        }
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeShort(runs.size());
            for (Run run : runs) {
                out.writeShort(run.first);
                out.writeShort(run.length);
                switch (run.verdict) {
                    case Future _ -> out.writeByte(FUTURE);
                    case DeadLetter(String reason, String detail) -> {
                        out.writeByte(DEAD_LETTER);
                        out.writeUTF(reason);
                        out.writeUTF(detail);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /**
     * @throws IllegalArgumentException if the bytes are not what {@link #toBytes} writes
     */
    public static Verdicts ofBytes(byte[] bytes) {
        if (bytes.length == 0) {
            return NONE;
        }
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            Run[] runs = new Run[in.readUnsignedShort()];
            for (int i = 0; i < runs.length; i++) {
                runs[i] = new Run(in.readUnsignedShort(), in.readUnsignedShort(), verdict(in));
            }
            return new Verdicts(List.of(runs));
        } catch (IOException e) {
            throw new IllegalArgumentException("verdicts of %d bytes are cut short".formatted(bytes.length), e);
        }
    }

    private static Verdict verdict(DataInputStream in) throws IOException {
        int code = in.readUnsignedByte();
        return switch (code) {
            case FUTURE -> new Future();
            case DEAD_LETTER -> new DeadLetter(in.readUTF(), in.readUTF());
            default -> throw new IllegalArgumentException("verdict code is %d, expected 1 or 2".formatted(code));
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Verdicts v && v.runs.equals(runs);
    }

    @Override
    public int hashCode() {
        return runs.hashCode();
    }

    @Override
    public String toString() {
        return runs.toString();
    }

    /** Collects verdicts in ascending order of their events. */
    public static final class Builder {
        private final List<Run> runs = new ArrayList<>();

        private Builder() {}

        /**
         * @param index of the event in its entry, above all added before
         */
        public Builder add(int index, Verdict verdict) {
            Run last = runs.isEmpty() ? null : runs.getLast();
            int next = last == null ? 0 : last.first + last.length;
            if (index < next) {
                throw new IllegalArgumentException(
                        "verdict is on event %d, expected %d or later".formatted(index, next));
            }
            if (last != null && index == next && last.verdict.equals(verdict)) {
                runs.set(runs.size() - 1, new Run(last.first, last.length + 1, verdict));
            } else {
                runs.add(new Run(index, 1, verdict));
            }
            return this;
        }

        public Verdicts build() {
            return runs.isEmpty() ? NONE : new Verdicts(List.copyOf(runs));
        }
    }
}
