package io.millrace.projections;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Windows that readings came too late for since the last tick, in the order in which they did. The next one tells each
 * once, however many readings there were; none is remembered beyond it, so it may be told again.
 */
final class StaleMarks {
    /** At a tick; what goes beyond is counted. */
    static final int MARKS_MAX = 10_000;

    private final Set<Mark> marks = new LinkedHashSet<>();

    /** Windows that were marked: told here, or corrected. */
    long told;

    long refused;

    private record Mark(SeriesState series, WindowAssigner of, long startMicros) {}

    void add(SeriesState series, WindowAssigner of, long startMicros) {
        var mark = new Mark(series, of, startMicros);
        if (marks.size() < MARKS_MAX) {
            marks.add(mark);
        } else if (!marks.contains(mark)) {
            refused++;
        }
    }

    void tell(Turn turn) {
        for (Mark mark : marks) {
            turn.out.stale(new StaleWindow(
                    turn.position,
                    mark.startMicros,
                    mark.of.end(mark.startMicros) - mark.startMicros,
                    mark.series.site,
                    mark.series.agent,
                    mark.series.series));
        }
        told += marks.size();
        marks.clear();
    }

    void write(DataOutput to) throws IOException {
        to.writeLong(told);
        to.writeLong(refused);
        to.writeInt(marks.size());
        for (Mark mark : marks) {
            to.writeInt(mark.series.place());
            to.writeInt(mark.series.plan.assigners.indexOf(mark.of));
            to.writeLong(mark.startMicros);
        }
    }

    /**
     * @param series all of them, by their places
     */
    void read(DataInput from, List<SeriesState> series) throws IOException {
        told = from.readLong();
        refused = from.readLong();
        for (int n = from.readInt(); n > 0; n--) {
            SeriesState state = series.get(from.readInt());
            add(state, state.plan.assigners.get(from.readInt()), from.readLong());
        }
    }
}
