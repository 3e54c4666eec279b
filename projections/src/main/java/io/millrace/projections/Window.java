package io.millrace.projections;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A window while it can still change. */
final class Window {
    /** What is left to do. */
    enum State {
        /** Not closed yet: its track has not passed its end. */
        OPEN,
        /** What was given out last is what it holds. */
        CLOSED,
        /** Holds more than what was given out, if anything was; the next tick gives it out. */
        CHANGED
    }

    final long startMicros;
    final long endMicros;

    /** The track that opened it closes it. */
    final Track owner;

    State state;

    /** Whose alerts it concerns, settled when it closes: those of the past or, false, the present ones. */
    boolean history;

    int version;
    int flags;
    long count;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double mean;
    double last;
    private long lastMicros = Long.MIN_VALUE;

    Window(long startMicros, long sizeMicros, Track owner, State state) {
        this.startMicros = startMicros;
        this.endMicros = startMicros + sizeMicros;
        this.owner = owner;
        this.state = state;
        flags = owner.backfill ? ClosedWindow.RETROACTIVE : 0;
    }

    /** Mean by the update of Welford (1962), which needs no sum that could overflow or drown small numbers. */
    void add(long timeMicros, double number) {
        count++;
        double step = number - mean;
        mean += Double.isInfinite(step) ? number / count - mean / count : step / count;
        min = Math.min(min, number);
        max = Math.max(max, number);
        if (timeMicros >= lastMicros) {
            lastMicros = timeMicros;
            last = number;
        }
        if (state == State.CLOSED) {
            state = State.CHANGED;
        }
    }

    ClosedWindow close(long position, SeriesState series) {
        state = State.CLOSED;
        version++;
        return new ClosedWindow(
                position,
                startMicros,
                endMicros - startMicros,
                series.site,
                series.agent,
                series.series,
                count,
                min,
                max,
                Math.clamp(mean, min, max),
                last,
                version,
                flags);
    }

    void write(DataOutput to) throws IOException {
        to.writeLong(startMicros);
        to.writeBoolean(owner.backfill);
        to.writeUTF(state.name());
        to.writeBoolean(history);
        to.writeInt(version);
        to.writeInt(flags);
        to.writeLong(count);
        to.writeDouble(min);
        to.writeDouble(max);
        to.writeDouble(mean);
        to.writeDouble(last);
        to.writeLong(lastMicros);
    }

    static Window read(DataInput from, long sizeMicros, SeriesState series) throws IOException {
        long start = from.readLong();
        Track owner = from.readBoolean() ? series.backfill : series.live;
        var window = new Window(start, sizeMicros, owner, State.valueOf(from.readUTF()));
        window.history = from.readBoolean();
        window.version = from.readInt();
        window.flags = from.readInt();
        window.count = from.readLong();
        window.min = from.readDouble();
        window.max = from.readDouble();
        window.mean = from.readDouble();
        window.last = from.readDouble();
        window.lastMicros = from.readLong();
        return window;
    }
}
