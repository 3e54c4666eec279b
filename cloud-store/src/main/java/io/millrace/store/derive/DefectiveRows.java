package io.millrace.store.derive;

import io.millrace.store.log.LogEntry;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A test hook, and nothing else: loses or doubles every {@value #EVERY}th event on its way into the table, so that a
 * check which claims to notice can be seen to. On only when the system property {@value #PROPERTY} is {@code drop},
 * {@code double} or both, with a comma.
 */
public final class DefectiveRows implements Rows {
    public static final String PROPERTY = "io.millrace.test.defect";
    public static final int EVERY = 10_000;

    private static final Logger log = LoggerFactory.getLogger(DefectiveRows.class);

    private final Rows rows;
    private final boolean drops;
    private final boolean doubles;
    private long events;

    private DefectiveRows(Rows rows, boolean drops, boolean doubles) {
        this.rows = rows;
        this.drops = drops;
        this.doubles = doubles;
    }

    /** The rows themselves, unless somebody asked for a defect. */
    public static Rows ifAsked(Rows rows) {
        List<String> defects = Arrays.asList(System.getProperty(PROPERTY, "").split(",", -1));
        boolean drops = defects.contains("drop");
        boolean doubles = defects.contains("double");
        if (!drops && !doubles) {
            return rows;
        }
        log.error(
                "TEST HOOK IS ON, EVENTS ARE DAMAGED ON PURPOSE: unset {} unless this is a test. defects={} every={}",
                PROPERTY,
                defects,
                EVERY);
        return new DefectiveRows(rows, drops, doubles);
    }

    @Override
    public void events(Fresh fresh, long fromMicros) {
        damaged(fresh, some -> rows.events(some, fromMicros));
    }

    @Override
    public void lateEvents(Fresh fresh) {
        damaged(fresh, rows::lateEvents);
    }

    private void damaged(Fresh fresh, Consumer<Fresh> write) {
        long before = events;
        events += fresh.size();
        int lost = drops ? nth(before) : Integer.MAX_VALUE;
        write.accept(lost < fresh.size() ? fresh.without(lost) : fresh);
        int doubled = doubles ? nth(before + EVERY / 2) : Integer.MAX_VALUE;
        if (doubled < fresh.size()) {
            write.accept(fresh.again(doubled));
        }
    }

    /** Which of the events after so many is the next to be damaged. */
    private static int nth(long before) {
        return (int) (EVERY - 1 - before % EVERY);
    }

    /** The same event under another name: the table's own key would take it for a repeat. */
    static LogEntry renamed(LogEntry entry) {
        return new LogEntry(
                entry.kind(),
                entry.site(),
                entry.agent(),
                entry.lane(),
                entry.epoch() ^ 1,
                entry.first(),
                entry.count(),
                entry.fromMicros(),
                entry.toMicros(),
                entry.backfill(),
                entry.verdicts(),
                entry.topic(),
                entry.payload());
    }

    @Override
    public void gap(GapRow row) {
        rows.gap(row);
    }

    @Override
    public void deadLetter(DeadLetterRow row) {
        rows.deadLetter(row);
    }

    @Override
    public void window(WindowRow row) {
        rows.window(row);
    }

    @Override
    public void transition(TransitionRow row) {
        rows.transition(row);
    }

    @Override
    public long pending() {
        return rows.pending();
    }

    @Override
    public long latePending() {
        return rows.latePending();
    }

    @Override
    public void commit() {
        rows.commit();
    }

    @Override
    public void commitLate() {
        rows.commitLate();
    }

    @Override
    public boolean isApplied() {
        return rows.isApplied();
    }

    @Override
    public BooleanSupplier lateApplied() {
        return rows.lateApplied();
    }

    @Override
    public void discard() {
        rows.discard();
    }

    @Override
    public void truncate(RebuildTarget target) {
        rows.truncate(target);
    }

    @Override
    public StagedRows stage(Set<ProjectionTable> tables) {
        return rows.stage(tables);
    }

    @Override
    public void publish(Set<ProjectionTable> tables) {
        rows.publish(tables);
    }

    @Override
    public void unstage() {
        rows.unstage();
    }
}
