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
    private final Moments moments = new Moments();

    Window(long startMicros, long endMicros, Track owner, State state) {
        this.startMicros = startMicros;
        this.endMicros = endMicros;
        this.owner = owner;
        this.state = state;
        flags = owner.backfill ? ClosedWindow.RETROACTIVE : 0;
    }

    void add(long timeMicros, double number) {
        moments.add(timeMicros, number);
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
                moments.values(),
                version,
                flags);
    }

    void write(DataOutput to) throws IOException {
        to.writeLong(startMicros);
        to.writeLong(endMicros);
        to.writeBoolean(owner.backfill);
        to.writeUTF(state.name());
        to.writeBoolean(history);
        to.writeInt(version);
        to.writeInt(flags);
        moments.write(to);
    }

    static Window read(DataInput from, SeriesState series) throws IOException {
        long start = from.readLong();
        long end = from.readLong();
        Track owner = from.readBoolean() ? series.backfill : series.live;
        var window = new Window(start, end, owner, State.valueOf(from.readUTF()));
        window.history = from.readBoolean();
        window.version = from.readInt();
        window.flags = from.readInt();
        window.moments.read(from);
        return window;
    }
}
