package io.millrace.projections;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A window while it can still change: how far it is with being given out, and what is remembered of its readings, one
 * after the other as they come: enough for every {@link Aggregate}.
 *
 * <p>There are millions of these, so both are in one object, of 128 bytes: a further field costs 8 bytes in each.
 */
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
    State state;
    private int version;
    private byte flags;

    /** Whose alerts it concerns, settled when it closes: those of the past or, false, the present ones. */
    private boolean history;

    private long count;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double mean;
    private double sum;

    /** Of squared distances from the mean. */
    private double squares;

    private double first;
    private double last;
    private long firstMicros = Long.MAX_VALUE;
    private long lastMicros = Long.MIN_VALUE;

    /** By how much a counter has grown from {@code growsFromMicros} to {@code lastMicros}. */
    private double growth;

    private long growsFromMicros;

    /**
     * @param backfill the track that opened it, and closes it
     */
    Window(long startMicros, boolean backfill, State state) {
        this.startMicros = startMicros;
        this.state = state;
        flags = backfill ? ClosedWindow.RETROACTIVE : 0;
    }

    private Window(DataInput from) throws IOException {
        startMicros = from.readLong();
        boolean open = from.readBoolean();
        boolean changed = from.readBoolean();
        state = open ? State.OPEN : changed ? State.CHANGED : State.CLOSED;
        version = from.readInt();
        flags = from.readByte();
        history = from.readBoolean();
        count = from.readLong();
        min = from.readDouble();
        max = from.readDouble();
        mean = from.readDouble();
        sum = from.readDouble();
        squares = from.readDouble();
        first = from.readDouble();
        last = from.readDouble();
        firstMicros = from.readLong();
        lastMicros = from.readLong();
        growth = from.readDouble();
        growsFromMicros = from.readLong();
    }

    boolean isBackfill() {
        return (flags & ClosedWindow.RETROACTIVE) != 0;
    }

    boolean isHistory() {
        return history;
    }

    void fellSilent() {
        flags |= ClosedWindow.IDLE;
    }

    /**
     * Notes that a reading came too late for it.
     *
     * @return whether it is the first
     */
    boolean goesStale() {
        if ((flags & ClosedWindow.STALE) != 0) {
            return false;
        }
        flags |= ClosedWindow.STALE;
        change();
        return true;
    }

    /** Mean and squares by the update of Welford (1962): no sum that could overflow or drown small numbers. */
    void add(long timeMicros, double number) {
        grow(timeMicros, number);
        count++;
        double step = number - mean;
        mean += Double.isInfinite(step) ? number / count - mean / count : step / count;
        squares += orInfinite(step * (number - mean));
        sum += number;
        min = Math.min(min, number);
        max = Math.max(max, number);
        if (timeMicros < firstMicros) {
            firstMicros = timeMicros;
            first = number;
        }
        if (timeMicros >= lastMicros) {
            lastMicros = timeMicros;
            last = number;
        }
        change();
    }

    /** Asks to be given out again, if it was before. */
    void change() {
        if (state == State.CLOSED) {
            state = State.CHANGED;
        }
    }

    /** A counter that shows less than before began again at 0. A reading out of order says nothing of it. */
    private void grow(long timeMicros, double number) {
        if (count == 0) {
            growsFromMicros = timeMicros;
        } else if (timeMicros >= lastMicros) {
            growth += number >= last ? number - last : number;
        }
    }

    private static double orInfinite(double square) {
        return Double.isNaN(square) ? Double.POSITIVE_INFINITY : square;
    }

    /**
     * Closes it, or corrects what it was when it was closed.
     *
     * @param isPast whether its time is over for live readings
     */
    ClosedWindow close(long position, long endMicros, boolean isPast, double gapShare, SeriesState series) {
        if (version == 0) {
            history = isBackfill() && isPast;
        }
        state = State.CLOSED;
        version++;
        return new ClosedWindow(
                position,
                startMicros,
                endMicros - startMicros,
                series.site,
                series.agent,
                series.series,
                values(gapShare),
                version,
                flags);
    }

    private WindowValues values(double gapShare) {
        double within = Math.clamp(mean, min, max);
        return new WindowValues(
                count,
                min,
                max,
                within,
                Double.isFinite(sum) ? sum : within * count,
                squares / count,
                first,
                last,
                lastMicros - firstMicros,
                lastMicros > growsFromMicros ? growth / ((lastMicros - growsFromMicros) / 1e6) : Double.NaN,
                gapShare);
    }

    void write(DataOutput to) throws IOException {
        to.writeLong(startMicros);
        to.writeBoolean(state == State.OPEN);
        to.writeBoolean(state == State.CHANGED);
        to.writeInt(version);
        to.writeByte(flags);
        to.writeBoolean(history);
        to.writeLong(count);
        to.writeDouble(min);
        to.writeDouble(max);
        to.writeDouble(mean);
        to.writeDouble(sum);
        to.writeDouble(squares);
        to.writeDouble(first);
        to.writeDouble(last);
        to.writeLong(firstMicros);
        to.writeLong(lastMicros);
        to.writeDouble(growth);
        to.writeLong(growsFromMicros);
    }

    static Window read(DataInput from) throws IOException {
        return new Window(from);
    }
}
