package io.millrace.projections;

import io.millrace.model.IntervalSet;
import io.millrace.model.Series;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All that is remembered of one series, or of a group of series that a rule judges as one: how far it has come, once for
 * its live readings and once for its backfill, so that neither pushes the other; its windows, and what is judged of it.
 *
 * <p>There are hundreds of thousands of these: what is the same for many is in the {@link Plan}, what few have is made
 * when they need it.
 */
final class SeriesState {
    /** A live reading so much newer than all before it tells of an outage; so does the first one. */
    private static final long OUTAGE_MICROS_MIN = 2 * 60 * 1_000_000L;

    static final SeriesState[] NO_GROUPS = {};

    final String site;
    final String agent;
    final Series series;
    final Plan plan;

    /** Groups that it is part of, none for most. */
    SeriesState[] groups = NO_GROUPS;

    /** The windows of each size, one behind the other. */
    private final @Nullable Strip strips;

    /** Two for each rule, of the present and of history; made when there is something to judge. */
    private @Nullable Judgement @Nullable [] judgements;

    private @Nullable Backfill backfill;

    /** Greatest event time of a live reading, microseconds since 1970. */
    private long watermark = Long.MIN_VALUE;

    /** When the last live reading came, in receiving time. */
    private long arrivedMicros;

    /**
     * Event time of the first live reading, an outage without a beginning; {@link Long#MIN_VALUE} before it, and once
     * other outages have taken its place.
     */
    private long beganMicros = Long.MIN_VALUE;

    /** Place in the engine's list, and in {@link Turn#wakes}; -1 where no tick looks. */
    private int place = -1;

    SeriesState(String site, String agent, Series series, Plan plan) {
        this.site = site;
        this.agent = agent;
        this.series = series;
        this.plan = plan;
        Strip last = null;
        for (WindowAssigner assigner : plan.assigners.reversed()) {
            last = new Strip(assigner, last);
        }
        strips = last;
    }

    int place() {
        return place;
    }

    /** How far one of its tracks has come in event time. */
    long watermark(boolean ofBackfill) {
        if (!ofBackfill) {
            return watermark;
        }
        return backfill == null ? Long.MIN_VALUE : backfill.watermark;
    }

    /** When the last reading of one of its tracks came, in receiving time. */
    long arrivedMicros(boolean ofBackfill) {
        if (!ofBackfill) {
            return arrivedMicros;
        }
        return backfill == null ? 0 : backfill.arrivedMicros;
    }

    private Backfill backfill() {
        if (backfill == null) {
            backfill = new Backfill();
        }
        return backfill;
    }

    /** Until when people work on it who do so at this event time; {@link Maintenance#NONE} if nobody does. */
    long maintenanceEnd(long timeMicros) {
        long end = Maintenance.NONE;
        for (Maintenance m : plan.maintenance) {
            end = Math.max(end, m.times().endMicros(timeMicros));
        }
        return end;
    }

    /** A reading came that says nothing but that the series is alive. */
    void heard(boolean isBackfill) {
        Turn turn = plan.turn;
        if (plan.looksForSilence) {
            long silence = silence();
            for (Watch watch : plan.watches) {
                watch.heard(this, silence, turn);
            }
        }
        if (isBackfill) {
            backfill().arrivedMicros = turn.receivingMicros;
        } else {
            arrivedMicros = turn.receivingMicros;
        }
        wakeOnSilence(turn);
    }

    /** A reading came that counts. */
    void reading(boolean isBackfill, long timeMicros, double number) {
        heard(isBackfill);
        Turn turn = plan.turn;
        for (Strip strip = strips; strip != null; strip = strip.next) {
            int late = strip.add(this, isBackfill, timeMicros, number);
            turn.late += strip == strips && !plan.isGroup ? late : 0;
        }
        boolean history = isBackfill && timeMicros <= watermark;
        if (timeMicros > watermark(isBackfill)) {
            moveOn(isBackfill, timeMicros);
            for (Strip strip = strips; strip != null; strip = strip.next) {
                strip.advance(this, isBackfill);
            }
        }
        if (plan.looksAtReadings) {
            for (Watch watch : plan.watches) {
                watch.reading(this, timeMicros, number, isBackfill, history, turn);
            }
        }
    }

    private void moveOn(boolean isBackfill, long timeMicros) {
        if (isBackfill) {
            backfill().watermark = timeMicros;
            return;
        }
        if (watermark == Long.MIN_VALUE) {
            beganMicros = timeMicros;
        } else if (timeMicros - OUTAGE_MICROS_MIN > watermark && backfill().addOutage(watermark, timeMicros)) {
            beganMicros = Long.MIN_VALUE;
        }
        watermark = timeMicros;
    }

    /** Whether it reaches into an outage, of which backfill will still come. */
    boolean isNextToOutage(Window window, long endMicros) {
        return !window.isBackfill()
                && (window.startMicros <= beganMicros
                        || (backfill != null && backfill.touches(window.startMicros, endMicros)));
    }

    void judge(WindowSpec spec, ClosedWindow window, boolean history) {
        for (Watch watch : plan.watches) {
            watch.window(this, spec, window, history, plan.turn);
        }
    }

    /** More or less of these times is hidden by gaps of its agent. */
    void gapsChanged(IntervalSet times) {
        long first = times.iterator().next().first();
        for (Strip strip = strips; strip != null; strip = strip.next) {
            strip.gapsChanged(times, first, this);
        }
    }

    /** What was judged of it before by a rule, or null if nothing was. */
    @Nullable
    Judgement judgementBefore(Watch watch, boolean history) {
        return judgements == null ? null : judgements[watch.place(history)];
    }

    Judgement judgement(Watch watch, boolean history) {
        if (judgements == null) {
            judgements = new Judgement[2 * plan.watches.size()];
        }
        Judgement judgement = judgements[watch.place(history)];
        if (judgement == null) {
            judgement = new Judgement(watch.rule, this, history);
            judgements[watch.place(history)] = judgement;
        }
        return judgement;
    }

    /** At a tick: does what is due because nothing came. */
    void tick() {
        Turn turn = plan.turn;
        long wake = Long.MAX_VALUE;
        for (Strip strip = strips; strip != null; strip = strip.next) {
            wake = Math.min(wake, strip.settle(this));
        }
        long silence = silence();
        for (Watch watch : plan.watches) {
            long wait = watch.silent(this, silence, turn);
            wake = wait == Long.MAX_VALUE ? wake : Math.min(wake, turn.receivingMicros + wait);
        }
        turn.wakes[place] = wake;
    }

    /** Takes its place in the engine's list. */
    void enlist(int at) {
        Turn turn = plan.turn;
        place = at;
        if (at >= turn.wakes.length) {
            turn.wakes = Arrays.copyOf(turn.wakes, at + at / 2);
        }
        turn.wakes[at] = Long.MAX_VALUE;
    }

    void wakeAtNextTick() {
        plan.turn.wakes[place] = plan.turn.receivingMicros;
    }

    /** A reading puts off what waits for silence, unless the next tick has something to do or backfill falls silent. */
    private void wakeOnSilence(Turn turn) {
        long silent = turn.receivingMicros + plan.silenceMicrosMin;
        boolean putOff = backfill == null && turn.wakes[place] > turn.receivingMicros;
        turn.wakes[place] = putOff ? silent : Math.min(turn.wakes[place], silent);
    }

    private long silence() {
        return plan.turn.receivingMicros - Math.max(arrivedMicros, arrivedMicros(true));
    }

    void write(DataOutput to) throws IOException {
        to.writeLong(watermark);
        to.writeLong(arrivedMicros);
        to.writeLong(beganMicros);
        to.writeLong(plan.turn.wakes[place]);
        to.writeBoolean(backfill != null);
        if (backfill != null) {
            backfill.write(to);
        }
        for (Strip strip = strips; strip != null; strip = strip.next) {
            strip.write(to);
        }
        for (Watch watch : plan.watches) {
            write(judgementBefore(watch, false), to);
            write(judgementBefore(watch, true), to);
        }
    }

    private static void write(@Nullable Judgement judgement, DataOutput to) throws IOException {
        to.writeBoolean(judgement != null);
        if (judgement != null) {
            judgement.write(to);
        }
    }

    void read(DataInput from) throws IOException {
        watermark = from.readLong();
        arrivedMicros = from.readLong();
        beganMicros = from.readLong();
        plan.turn.wakes[place] = from.readLong();
        if (from.readBoolean()) {
            backfill().read(from);
        }
        for (Strip strip = strips; strip != null; strip = strip.next) {
            strip.read(this, from);
        }
        for (Watch watch : plan.watches) {
            read(watch, false, from);
            read(watch, true, from);
        }
    }

    private void read(Watch watch, boolean history, DataInput from) throws IOException {
        if (from.readBoolean()) {
            judgement(watch, history).read(from, plan.turn);
        }
    }
}
