package io.millrace.gateway.project;

import io.millrace.model.EventBatch;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.StreamId;
import io.millrace.model.ValueType;
import io.millrace.model.wire.AgentStatus;
import io.millrace.model.wire.MalformedMessageException;
import io.millrace.model.wire.StatusCodec;
import io.millrace.projections.AlertCommand;
import io.millrace.projections.AlertCommand.Action;
import io.millrace.projections.AlertTransition;
import io.millrace.projections.ClosedWindow;
import io.millrace.projections.Engine;
import io.millrace.projections.StaleWindow;
import io.millrace.projections.WindowValues;
import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.Output;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.WindowRow;
import io.millrace.store.log.AlertOrder;
import io.millrace.store.log.EntryKind;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.log.ProjectionLag;

/** What of a log entry an engine is given, the same for every engine, and its conclusions in the store's words. */
public final class EngineFeed {
    private EngineFeed() {}

    /** Gives one entry to the engine; returns how many transitions followed. */
    public static int feed(Engine engine, LoggedEntry entry, Fresh fresh, Output out) {
        var rows = new Rows(out);
        if (entry.entry().kind() == EntryKind.TICK) {
            long lagMicros = ProjectionLag.of(entry.entry()).micros();
            engine.tick(entry.position(), entry.entry().toMicros(), lagMicros, rows);
        } else if (entry.entry().kind() == EntryKind.STATUS) {
            status(engine, entry, rows);
        } else if (entry.entry().kind() == EntryKind.COMMAND) {
            var order = AlertOrder.of(entry.entry());
            engine.command(entry.position(), entry.entry().toMicros(), command(order), rows);
        }
        fresh.gaps().forEach(gap -> engine.gap(fresh.position(), gap, rows));
        if (engine.knowsGaps() && !fresh.lane().equals(StreamId.PLAIN)) {
            stored(engine, fresh, rows);
        }
        for (int n = 0; n < fresh.size(); n++) {
            EventBatch events = fresh.events();
            int i = fresh.index(n);
            boolean text = events.type(i) == ValueType.TEXT; // says only that its series is alive
            engine.event(
                    fresh.position(),
                    fresh.site(),
                    fresh.agent(),
                    events.series(i),
                    events.timeMicros(i),
                    text ? 0 : events.number(i),
                    text ? Quality.BAD : events.quality(i),
                    fresh.isFuture(n),
                    fresh.isBackfill(n),
                    rows);
        }
        return rows.transitions;
    }

    /** Each run of sequences at once. */
    private static void stored(Engine engine, Fresh fresh, Rows rows) {
        for (int n = 0; n < fresh.size(); ) {
            int first = n++;
            while (n < fresh.size() && fresh.sequence(n) == fresh.sequence(n - 1) + 1) {
                n++;
            }
            var stream = new StreamId(fresh.site(), fresh.agent(), fresh.lane(), fresh.epoch());
            var run = new Interval(fresh.sequence(first), fresh.sequence(n - 1));
            engine.stored(fresh.position(), stream, run, rows);
        }
    }

    private static AlertCommand command(AlertOrder order) {
        Action action = switch (order.action()) {
            case ACKNOWLEDGE -> Action.ACKNOWLEDGE;
            case SHELVE -> Action.SHELVE;
            case UNSHELVE -> Action.UNSHELVE;
        };
        return new AlertCommand(order.alert(), action, order.who(), order.why(), order.untilMicros());
    }

    private static void status(Engine engine, LoggedEntry entry, Rows rows) {
        LogEntry logged = entry.entry();
        try {
            AgentStatus status = StatusCodec.decode(logged.payload());
            // A last will names no epochs: an agent that ends by itself names what it leaves.
            boolean gone = !status.online() && status.epochs().isEmpty();
            engine.agent(entry.position(), logged.site(), logged.agent(), gone, rows);
        } catch (MalformedMessageException e) {
            // of newer software: says nothing to this one
        }
    }

    /** Puts the engine's conclusions into the store's words. */
    private static final class Rows implements io.millrace.projections.Output {
        private final Output out;
        private int transitions;

        Rows(Output out) {
            this.out = out;
        }

        @Override
        public void window(ClosedWindow w) {
            WindowValues v = w.values();
            out.window(new WindowRow(
                    w.startMicros(),
                    w.sizeMicros(),
                    w.site(),
                    w.agent(),
                    w.series().device(),
                    w.series().metric(),
                    w.series().unit(),
                    v.count(),
                    v.min(),
                    v.max(),
                    v.mean(),
                    v.sum(),
                    v.variance(),
                    v.first(),
                    v.last(),
                    v.rate(),
                    v.gapShare(),
                    w.version(),
                    w.retroactive(),
                    w.stale(),
                    w.position()));
        }

        @Override
        public void stale(StaleWindow w) {
            out.window(WindowRow.stale(
                    w.startMicros(),
                    w.sizeMicros(),
                    w.site(),
                    w.agent(),
                    w.series().device(),
                    w.series().metric(),
                    w.series().unit(),
                    w.position()));
        }

        @Override
        public void transition(AlertTransition t) {
            transitions++;
            out.transition(new TransitionRow(
                    t.timeMicros(),
                    t.position(),
                    t.alert().toString(),
                    t.rule(),
                    t.site(),
                    t.agent(),
                    t.series().device(),
                    t.series().metric(),
                    TransitionRow.Transition.valueOf(t.kind().name()),
                    t.severity().label(),
                    t.value(),
                    t.limit(),
                    t.detail(),
                    t.retroactive(),
                    t.note() == null ? null : t.note().who(),
                    t.note() == null ? null : t.note().why(),
                    t.kind() == AlertTransition.Kind.SHELVED && t.note() != null
                            ? t.note().untilMicros()
                            : null));
        }
    }
}
