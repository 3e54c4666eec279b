package io.millrace.projections;

import io.millrace.model.IntervalSet;
import io.millrace.projections.Window.State;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** All windows of one size of one series that can still change, oldest first. Each series has at least one of these. */
final class Strip {
    private static final Window[] NONE = {};

    /** That of the next size, if the series has windows of more than one: an array of them would take more. */
    final @Nullable Strip next;

    private final WindowAssigner assigner;
    private Window[] windows = NONE;
    private int count;

    /** The last of them: nearly every reading is its. */
    private @Nullable Window newest;

    /** How many of the newest may have something to do at a tick: all before them are closed, and none has changed. */
    private int unsettled;

    /** No open window ends before this event time. */
    private long due = Long.MAX_VALUE;

    Strip(WindowAssigner assigner, @Nullable Strip next) {
        this.assigner = assigner;
        this.next = next;
    }

    /**
     * Counts a reading in each window that holds its time, before its track's watermark has moved on to it.
     *
     * @return how many of these windows are too far back to count it
     */
    int add(SeriesState series, boolean backfill, long timeMicros, double number) {
        long watermark = series.watermark(backfill);
        int late = 0;
        int i = count;
        for (long start = assigner.newestStart(timeMicros);
                start != WindowSpec.NONE;
                start = assigner.olderStart(start, timeMicros)) {
            if (assigner.isTooLate(assigner.end(start), watermark)) {
                late++;
                goesStale(start, series);
                continue;
            }
            Window window = newest;
            int place = count - 1;
            if (window == null || window.startMicros != start) {
                i = placeOf(start, i);
                place = i > 0 && windows[i - 1].startMicros == start ? i - 1 : i;
                window = place < i ? windows[place] : open(start, place, backfill, watermark, series.plan.turn);
            }
            i = place;
            if (window != null) {
                window.add(timeMicros, number);
                tellAtNextTick(place, series);
            }
        }
        return late;
    }

    private void goesStale(long start, SeriesState series) {
        Turn turn = series.plan.turn;
        if (series.plan.isGroup) {
            return; // nobody was told of its windows
        }
        int place = placeOf(start, count) - 1;
        if (place < 0 || windows[place].startMicros != start) {
            turn.stale.add(series, assigner, start);
        } else if (windows[place].goesStale()) {
            turn.stale.told++;
            tellAtNextTick(place, series);
        }
    }

    /** Corrects windows at these times at the next tick. */
    void gapsChanged(IntervalSet times, long firstMicros, SeriesState series) {
        for (int i = count - 1; i >= 0; i--) {
            long end = assigner.end(windows[i].startMicros);
            if (end <= firstMicros) {
                return;
            }
            if (Gaps.hidden(times, windows[i].startMicros, end) > 0) {
                windows[i].change();
                tellAtNextTick(i, series);
            }
        }
    }

    private void tellAtNextTick(int place, SeriesState series) {
        if (windows[place].state == State.CHANGED) {
            unsettled = Math.max(unsettled, count - place);
            series.wakeAtNextTick();
        }
    }

    /** How many of the first {@code most} windows begin at this time or before; nearly always that is all of them. */
    private int placeOf(long start, int most) {
        int low = 0;
        int high = most;
        int middle = most - 1;
        while (low < high) {
            if (windows[middle].startMicros <= start) {
                low = middle + 1;
            } else {
                high = middle;
            }
            middle = (low + high) / 2;
        }
        return low;
    }

    private @Nullable Window open(long start, int place, boolean backfill, long watermark, Turn turn) {
        if (turn.windows >= turn.limits.windowsMax()) {
            turn.windowsRefused++;
            return null;
        }
        long end = assigner.end(start);
        var window = new Window(start, backfill, end <= watermark ? State.CHANGED : State.OPEN);
        if (window.state == State.OPEN) {
            due = Math.min(due, end);
        }
        insert(window, place);
        unsettled = Math.max(unsettled + 1, count - place);
        turn.windows++;
        return window;
    }

    private void insert(Window window, int place) {
        if (count == windows.length) {
            windows = Arrays.copyOf(windows, Math.max(2, count + count / 2));
        }
        System.arraycopy(windows, place, windows, place + 1, count - place);
        windows[place] = window;
        count++;
        newest = windows[count - 1];
    }

    /** Closes what the track's watermark has passed, and forgets what is older than the allowed lateness. */
    void advance(SeriesState series, boolean backfill) {
        long watermark = series.watermark(backfill);
        if (watermark < due) {
            return;
        }
        due = Long.MAX_VALUE;
        boolean closed = false;
        int left = 0;
        for (int i = count - unsettled; i < count; i++) {
            Window w = windows[i];
            if (w.state == State.OPEN) {
                long end = assigner.end(w.startMicros);
                if (w.isBackfill() == backfill && end <= watermark) {
                    close(w, end, series);
                    closed = true;
                } else {
                    due = Math.min(due, end);
                }
            }
            left = left > 0 || w.state != State.CLOSED ? left + 1 : 0;
        }
        unsettled = left;
        if (closed) {
            forget(series);
        }
    }

    private void forget(SeriesState series) {
        int kept = 0;
        int i = 0;
        while (i < count && isTooLateForAll(windows[i], series)) {
            Window w = windows[i++];
            long end = assigner.end(w.startMicros);
            boolean past = w.state != State.OPEN
                    && assigner.isTooLate(end, series.watermark(w.isBackfill()))
                    && !series.isNextToOutage(w, end);
            if (past && w.state == State.CHANGED) {
                close(w, end, series);
            }
            if (!past) {
                windows[kept++] = w;
            }
        }
        if (kept < i) {
            System.arraycopy(windows, i, windows, kept, count - i);
            Arrays.fill(windows, count - (i - kept), count, null);
            count -= i - kept;
            unsettled = Math.min(unsettled, count);
            series.plan.turn.windows -= i - kept;
            newest = count == 0 ? null : windows[count - 1];
        }
    }

    /** Whether the farther one of the series' tracks, at least, has left it behind: none does that is newer. */
    private boolean isTooLateForAll(Window w, SeriesState series) {
        long farthest = Math.max(series.watermark(false), series.watermark(true));
        return assigner.isTooLate(assigner.end(w.startMicros), farthest);
    }

    /**
     * At a tick: gives out what has changed, and closes windows of a track that fell silent.
     *
     * @return receiving time at which to look again, {@link Long#MAX_VALUE} if there is nothing to wait for
     */
    long settle(SeriesState series) {
        Turn turn = series.plan.turn;
        long again = Long.MAX_VALUE;
        due = Long.MAX_VALUE;
        int left = 0;
        for (int i = count - unsettled; i < count; i++) {
            Window w = windows[i];
            long end = assigner.end(w.startMicros);
            if (w.state == State.CHANGED) {
                close(w, end, series);
            } else if (w.state == State.OPEN) {
                long silentFrom = series.arrivedMicros(w.isBackfill()) + Engine.IDLE_MICROS;
                if (turn.receivingMicros >= silentFrom && end <= turn.wallMicros) {
                    w.fellSilent();
                    close(w, end, series);
                } else {
                    due = Math.min(due, end);
                    // Silent, but not over: at the next tick, since a wall clock may jump.
                    again = Math.min(again, Math.max(silentFrom, turn.receivingMicros));
                }
            }
            left = left > 0 || w.state != State.CLOSED ? left + 1 : 0;
        }
        unsettled = left;
        return again;
    }

    private void close(Window w, long end, SeriesState series) {
        Turn turn = series.plan.turn;
        double gapShare = turn.gaps.share(series.site, series.agent, w.startMicros, end);
        ClosedWindow closed = w.close(turn.position, end, end <= series.watermark(false), gapShare, series);
        if (!series.plan.isGroup) {
            turn.out.window(closed);
        }
        series.judge(assigner.spec, closed, w.isHistory());
    }

    void write(DataOutput to) throws IOException {
        to.writeInt(count);
        for (int i = 0; i < count; i++) {
            windows[i].write(to);
        }
    }

    void read(SeriesState series, DataInput from) throws IOException {
        for (int n = from.readInt(); n > 0; n--) {
            Window window = Window.read(from);
            insert(window, count);
            unsettled = unsettled > 0 || window.state != State.CLOSED ? unsettled + 1 : 0;
            if (window.state == State.OPEN) {
                due = Math.min(due, assigner.end(window.startMicros));
            }
        }
        series.plan.turn.windows += count;
    }
}
