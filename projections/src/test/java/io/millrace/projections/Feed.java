package io.millrace.projections;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import java.util.List;
import java.util.UUID;

/** Feeds one series of an engine, in seconds since {@link #START}; each call is a log entry of its own. */
final class Feed {
    /** 2026-01-01T00:00Z. */
    static final long START = 1_767_225_600_000_000L;

    static final long SECOND = 1_000_000L;
    static final Series TEMPERATURE = new Series("pump-1", "temperature", "°C");

    final Recorder out = new Recorder();
    Engine engine;
    private long position;

    Feed(Rule... rules) {
        engine = new Engine(new Rules(List.of(rules)));
    }

    Feed live(double second, double value) {
        return event(second, value, Quality.GOOD, false, false);
    }

    Feed backfill(double second, double value) {
        return event(second, value, Quality.GOOD, false, true);
    }

    Feed event(double second, double value, Quality quality, boolean future, boolean backfill) {
        return event(TEMPERATURE, second, value, quality, future, backfill);
    }

    Feed event(Series series, double second, double value, Quality quality, boolean future, boolean backfill) {
        long time = START + Math.round(second * SECOND);
        engine.event(position++, "plant-1", "gw-1", series, time, value, quality, future, backfill, out);
        return this;
    }

    /** The agent is gone, or there again. */
    Feed agent(boolean gone) {
        engine.agent(position++, "plant-1", "gw-1", gone, out);
        return this;
    }

    /** What somebody does about the alert that was raised last. */
    Feed command(double second, AlertCommand.Action action, int untilSecond) {
        UUID alert = out.transitions.stream()
                .filter(t -> t.kind() == AlertTransition.Kind.RAISED)
                .toList()
                .getLast()
                .alert();
        long until = untilSecond == 0 ? 0 : START + untilSecond * SECOND;
        var command = new AlertCommand(alert, action, "ada", "why", until);
        engine.command(position++, START + Math.round(second * SECOND), command, out);
        return this;
    }

    /** The agent gave up sequences of a lane in these seconds. */
    Feed gap(String lane, long first, long last, int fromSecond, int toSecond) {
        long from = START + fromSecond * SECOND;
        long to = START + toSecond * SECOND;
        var range = new Interval(first, last);
        engine.gap(position++, new Gap(stream(lane), range, Gap.Reason.DISK_FULL, from, to), out);
        return this;
    }

    /** They came after all. */
    Feed stored(String lane, long first, long last) {
        engine.stored(position++, stream(lane), new Interval(first, last), out);
        return this;
    }

    private static StreamId stream(String lane) {
        return new StreamId("plant-1", "gw-1", lane, 1);
    }

    Feed tick(double second) {
        engine.tick(position++, START + Math.round(second * SECOND), out);
        return this;
    }

    /** A tick each second, both ends included. */
    Feed ticks(int from, int to) {
        for (int s = from; s <= to; s++) {
            tick(s);
        }
        return this;
    }
}
