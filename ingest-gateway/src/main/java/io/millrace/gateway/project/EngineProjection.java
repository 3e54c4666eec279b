package io.millrace.gateway.project;

import io.millrace.projections.Engine;
import io.millrace.projections.OpenAlert;
import io.millrace.projections.Rules;
import io.millrace.projections.Stats;
import io.millrace.projections.UnusableSnapshotException;
import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.Output;
import io.millrace.store.derive.Projection;
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
        int transitions = EngineFeed.feed(engine, entry, fresh, out);
        if (entry.entry().kind() == EntryKind.TICK) {
            stats = engine.stats();
        }
        if (entry.position() >= toldPosition) {
            toldPosition = entry.position();
            openAlerts = transitions > 0 ? engine.openAlerts() : openAlerts;
        }
    }

    @Override
    public byte[] snapshot() {
        return engine.snapshot();
    }
}
