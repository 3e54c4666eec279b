package io.millrace.projections;

import io.millrace.projections.Window.State;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All windows of one size of one series that can still change, oldest first. */
final class Strip {
    private final WindowSpec spec;
    private final SeriesState series;
    private final Turn turn;
    private final List<Window> windows = new ArrayList<>(4);

    /** The last of them: nearly every reading is its. */
    private @Nullable Window newest;

    /** Whether a window may have to be given out at the next tick: most ticks find none, and need not look. */
    private boolean mayHaveChanged = true;

    /** Earliest end of an open window, per track: nothing closes before it. */
    private long liveDue = Long.MAX_VALUE;

    private long backfillDue = Long.MAX_VALUE;

    /** The last window that was looked up in a calendar: a function of the time, so it is no state. */
    private long foundStart = WindowSpec.NONE;

    private long foundEnd = WindowSpec.NONE;

    Strip(WindowSpec spec, SeriesState series, Turn turn) {
        this.spec = spec;
        this.series = series;
        this.turn = turn;
    }

    WindowSpec spec() {
        return spec;
    }

    /**
     * Counts a reading in each window that holds its time, before its track's watermark has moved on to it.
     *
     * @return how many of these windows are too far back to count it
     */
    int add(Track track, long timeMicros, double number) {
        int late = 0;
        for (long start = newestStart(timeMicros);
                start != WindowSpec.NONE;
                start = spec.olderStart(start, timeMicros)) {
            long end = start == foundStart ? foundEnd : spec.end(start);
            if (track.isPast(end)) {
                late++;
            } else {
                Window window = at(start, end, track);
                if (window != null) {
                    window.add(timeMicros, number);
                    if (window.state == State.CHANGED) {
                        mayHaveChanged = true;
                        series.wakeAt(turn.receivingMicros);
                    }
                }
            }
        }
        return late;
    }

    /** Readings come mostly in the window of the one before, and calendars are slow. */
    private long newestStart(long timeMicros) {
        if (spec.calendar().isEmpty()) {
            return spec.newestStart(timeMicros);
        }
        if (timeMicros < foundStart || timeMicros >= foundEnd) {
            foundStart = spec.newestStart(timeMicros);
            foundEnd = spec.end(foundStart);
        }
        return foundStart;
    }

    private @Nullable Window at(long start, long end, Track track) {
        Window newest = this.newest;
        if (newest != null && newest.startMicros == start) {
            return newest;
        }
        int i = windows.size();
        while (i > 0 && windows.get(i - 1).startMicros > start) {
            i--;
        }
        if (i > 0 && windows.get(i - 1).startMicros == start) {
            return windows.get(i - 1);
        }
        if (turn.windows >= turn.limits.windowsMax()) {
            turn.windowsRefused++;
            return null;
        }
        var window = new Window(start, end, track, end <= track.watermark ? State.CHANGED : State.OPEN);
        if (window.state == State.OPEN) {
            setDue(track, Math.min(due(track), end));
        }
        windows.add(i, window);
        this.newest = windows.getLast();
        turn.windows++;
        return window;
    }

    /** Closes what the track's watermark has passed, and forgets what is older than the allowed lateness. */
    void advance(Track track) {
        if (track.watermark < due(track)) {
            return;
        }
        long due = Long.MAX_VALUE;
        for (Window w : windows) {
            if (w.owner == track && w.state == State.OPEN) {
                if (w.endMicros <= track.watermark) {
                    close(w);
                } else {
                    due = Math.min(due, w.endMicros);
                }
            }
        }
        setDue(track, due);
        forget();
    }

    private void forget() {
        int kept = 0;
        for (int i = 0; i < windows.size(); i++) {
            Window w = windows.get(i);
            boolean past = w.state != State.OPEN && w.owner.isPast(w.endMicros) && !series.isNextToOutage(w);
            if (past && w.state == State.CHANGED) {
                close(w);
            }
            if (!past) {
                windows.set(kept++, w);
            }
        }
        turn.windows -= windows.size() - kept;
        windows.subList(kept, windows.size()).clear();
        newest = windows.isEmpty() ? null : windows.getLast();
    }

    /**
     * At a tick: gives out what has changed, and closes windows of a track that fell silent.
     *
     * @return receiving time at which to look again, {@link Long#MAX_VALUE} if there is nothing to wait for
     */
    long settle() {
        if (!mayHaveChanged && !isSilent(series.live) && !isSilent(series.backfill)) {
            return Math.min(silentFrom(series.live), silentFrom(series.backfill));
        }
        mayHaveChanged = false;
        long again = Long.MAX_VALUE;
        boolean closed = false;
        for (Window w : windows) {
            if (w.state == State.CHANGED) {
                close(w);
            } else if (w.state == State.OPEN) {
                long silence = turn.receivingMicros - w.owner.arrivedMicros;
                if (silence < Engine.IDLE_MICROS) {
                    again = Math.min(again, w.owner.arrivedMicros + Engine.IDLE_MICROS);
                } else if (w.endMicros > turn.wallMicros) {
                    again = turn.receivingMicros; // at the next tick: a wall clock may jump
                } else {
                    w.flags |= ClosedWindow.IDLE;
                    close(w);
                    closed = true;
                }
            }
        }
        if (closed) {
            liveDue = earliestEnd(series.live);
            backfillDue = earliestEnd(series.backfill);
        }
        return again;
    }

    /** Whether the track has an open window and has had no reading for so long that it is to be closed. */
    private boolean isSilent(Track track) {
        return silentFrom(track) <= turn.receivingMicros;
    }

    /** Receiving time from which on its open windows close without a reading; {@link Long#MAX_VALUE} if it has none. */
    private long silentFrom(Track track) {
        return due(track) == Long.MAX_VALUE ? Long.MAX_VALUE : track.arrivedMicros + Engine.IDLE_MICROS;
    }

    private long earliestEnd(Track track) {
        return windows.stream()
                .filter(w -> w.owner == track && w.state == State.OPEN)
                .mapToLong(w -> w.endMicros)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private void close(Window w) {
        if (w.version == 0) {
            w.history = w.owner.backfill && w.endMicros <= series.live.watermark;
        }
        ClosedWindow closed = w.close(turn.position, series);
        if (!series.isGroup) {
            turn.out.window(closed);
        }
        series.judge(spec, closed, w.history);
    }

    private long due(Track track) {
        return track.backfill ? backfillDue : liveDue;
    }

    private void setDue(Track track, long due) {
        if (track.backfill) {
            backfillDue = due;
        } else {
            liveDue = due;
        }
    }

    void write(DataOutput to) throws IOException {
        to.writeInt(windows.size());
        for (Window w : windows) {
            w.write(to);
        }
    }

    void read(DataInput from) throws IOException {
        for (int n = from.readInt(); n > 0; n--) {
            windows.add(Window.read(from, series));
        }
        newest = windows.isEmpty() ? null : windows.getLast();
        turn.windows += windows.size();
        liveDue = earliestEnd(series.live);
        backfillDue = earliestEnd(series.backfill);
    }
}
