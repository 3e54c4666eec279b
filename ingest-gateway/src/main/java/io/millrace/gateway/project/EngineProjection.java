package io.millrace.gateway.project;

import io.millrace.model.EventBatch;
import io.millrace.model.ValueType;
import io.millrace.projections.AlertTransition;
import io.millrace.projections.ClosedWindow;
import io.millrace.projections.Engine;
import io.millrace.projections.OpenAlert;
import io.millrace.projections.Rules;
import io.millrace.projections.Stats;
import io.millrace.projections.UnusableSnapshotException;
import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.Output;
import io.millrace.store.derive.Projection;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.WindowRow;
import io.millrace.store.log.EntryKind;
import io.millrace.store.log.LoggedEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Feeds the engine with what is fresh and gives what it concludes to the store. */
public final class EngineProjection implements Projection {
    private final Rules rules;
    private Engine engine;

    /** Read by other threads; replaced by another list when it changes. */
    private volatile List<OpenAlert> openAlerts = List.of();

    /** What is derived a second time, after a failure or for a rebuild, was told before. */
    private long toldPosition;

    private volatile Stats stats;

    public EngineProjection(Rules rules) {
        this.rules = rules;
        engine = new Engine(rules);
        stats = engine.stats();
    }

    /** Alerts that are raised now, the oldest first; another object after a change. Any thread. */
    public List<OpenAlert> openAlerts() {
        return openAlerts;
    }

    /** As of the last tick folded. Any thread. */
    public Stats stats() {
        return stats;
    }

    @Override
    public void restore(byte @Nullable [] snapshot) {
        try {
            engine = snapshot == null ? new Engine(rules) : Engine.restore(rules, snapshot);
        } catch (UnusableSnapshotException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        if (engine.position() >= toldPosition) {
            openAlerts = engine.openAlerts();
        }
        stats = engine.stats();
    }

    @Override
    public void fold(LoggedEntry entry, Fresh fresh, Output out) {
        var rows = new Rows(out);
        if (entry.entry().kind() == EntryKind.TICK) {
            engine.tick(entry.position(), entry.entry().toMicros(), rows);
            stats = engine.stats();
        }
        for (int n = 0; n < fresh.size(); n++) {
            EventBatch events = fresh.events();
            int i = fresh.index(n);
            if (events.type(i) != ValueType.TEXT) {
                engine.event(
                        fresh.position(),
                        fresh.site(),
                        fresh.agent(),
                        events.series(i),
                        events.timeMicros(i),
                        events.number(i),
                        events.quality(i),
                        fresh.isFuture(n),
                        fresh.isBackfill(n),
                        rows);
            }
        }
        if (entry.position() >= toldPosition) {
            toldPosition = entry.position();
            openAlerts = rows.transitions > 0 ? engine.openAlerts() : openAlerts;
        }
    }

    @Override
    public byte[] snapshot() {
        return engine.snapshot();
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
            out.window(new WindowRow(
                    w.startMicros(),
                    w.sizeMicros(),
                    w.site(),
                    w.agent(),
                    w.series().device(),
                    w.series().metric(),
                    w.series().unit(),
                    w.count(),
                    w.min(),
                    w.max(),
                    w.mean(),
                    w.last(),
                    w.version(),
                    w.retroactive(),
                    false,
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
                    t.retroactive()));
        }
    }
}
