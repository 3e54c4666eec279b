package io.millrace.gateway.project;

import io.millrace.projections.Engine;
import io.millrace.projections.OpenAlert;
import io.millrace.projections.PendingAlert;
import io.millrace.projections.Rules;
import io.millrace.projections.Stats;
import io.millrace.projections.UnusableSnapshotException;
import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.Output;
import io.millrace.store.derive.Projection;
import io.millrace.store.log.EntryKind;
import io.millrace.store.log.LoggedEntry;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the engine with what is fresh and gives what it concludes to the store. A snapshot holds the rules that it was
 * made by, so that a start goes on by these, also if the file says something else by now.
 *
 * <pre>
 * snapshot := length u32 | rules.yaml, UTF-8 | engine's snapshot          big-endian
 * </pre>
 */
public final class EngineProjection implements Projection {
    /** Those to begin with where there is no snapshot. */
    private volatile WrittenRules wanted;

    private volatile WrittenRules rules;
    private Engine engine;

    /** Read by other threads; replaced by another list when it changes. */
    private volatile List<OpenAlert> openAlerts = List.of();

    /** Read by other threads; replaced by another when it changes. */
    private volatile Pending pending = Pending.NONE;

    /** What is derived a second time, after a failure or for a rebuild, was told before. */
    private long toldPosition;

    private volatile Stats stats;

    /**
     * What is bad in the present and not raised.
     *
     * @param first those that are bad for longest, at most {@value #MAX}
     * @param total with those left out
     */
    public record Pending(List<PendingAlert> first, int total) {
        public static final int MAX = 200;
        private static final Pending NONE = new Pending(List.of(), 0);

        private static Pending of(Engine engine) {
            int total = engine.pendingCount();
            return total == 0 ? NONE : new Pending(engine.pendingAlerts(MAX), total);
        }
    }

    EngineProjection(WrittenRules wanted) {
        this.wanted = wanted;
        rules = wanted;
        engine = new Engine(wanted.rules());
        stats = engine.stats();
    }

    /**
     * @param file its rules count where the store has no snapshot of others
     * @throws IllegalArgumentException as {@link RulesFile#atStart}
     */
    public static EngineProjection of(RulesFile file) {
        return new EngineProjection(file.atStart());
    }

    /** Alerts that are raised now, the oldest first; another object after a change. Any thread. */
    public List<OpenAlert> openAlerts() {
        return openAlerts;
    }

    /** As of the last tick folded; another object after a change. Any thread. */
    public Pending pending() {
        return pending;
    }

    /** As of the last tick folded. Any thread. */
    public Stats stats() {
        return stats;
    }

    /** Those that it goes by. Any thread. */
    public Rules rules() {
        return rules.rules();
    }

    /** Their text as somebody wrote it, UTF-8; empty if there are none. Any thread. */
    public byte[] rulesText() {
        return rules.text();
    }

    WrittenRules wanted() {
        return wanted;
    }

    /** From now on a beginning without a snapshot is by these. Any thread. */
    void want(WrittenRules newest) {
        wanted = newest;
    }

    @Override
    public void restore(byte @Nullable [] snapshot) {
        if (snapshot == null) {
            begin(wanted, new Engine(wanted.rules()));
            return;
        }
        var bytes = ByteBuffer.wrap(snapshot);
        int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw new IllegalArgumentException("of an older form");
        }
        byte[] text = new byte[length];
        bytes.get(text);
        byte[] state = new byte[bytes.remaining()];
        bytes.get(state);
        WrittenRules then = read(text);
        try {
            begin(then, Engine.restore(then.rules(), state));
        } catch (UnusableSnapshotException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static WrittenRules read(byte[] text) {
        if (text.length == 0) {
            return WrittenRules.NONE;
        }
        return switch (WrittenRules.read("rules of the snapshot", text)) {
            case WrittenRules.Read.Good(WrittenRules good) -> good;
            case WrittenRules.Read.Wrong(var mistakes) ->
                throw new IllegalArgumentException("of rules that were right once: " + mistakes.getFirst());
        };
    }

    private void begin(WrittenRules by, Engine from) {
        rules = by;
        engine = from;
        if (engine.position() >= toldPosition) {
            openAlerts = engine.openAlerts();
            pending = Pending.of(engine);
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
            if (entry.entry().kind() == EntryKind.TICK) { // not with each entry: it looks at all that is pending
                Pending now = Pending.of(engine);
                pending = now.equals(pending) ? pending : now;
            }
        }
    }

    @Override
    public byte[] snapshot() {
        byte[] text = rules.text();
        byte[] state = engine.snapshot();
        return ByteBuffer.allocate(Integer.BYTES + text.length + state.length)
                .putInt(text.length)
                .put(text)
                .put(state)
                .array();
    }

    @Override
    public Projection anew() {
        return new EngineProjection(rules);
    }
}
