package io.millrace.store.derive;

import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Writes the rows of the read models. Writing the same rows again changes nothing: each table has a key. One thread
 * owns it.
 */
public interface Rows {
    /**
     * Writes the fresh events.
     *
     * @param fromMicros those before that time are left out
     */
    void events(Fresh fresh, long fromMicros);

    /** Writes fresh events that are late: they are not among those that {@link #commit} is about. */
    void lateEvents(Fresh fresh);

    void gap(GapRow row);

    void deadLetter(DeadLetterRow row);

    void window(WindowRow row);

    void transition(TransitionRow row);

    /** Rows that were written and not committed yet, without late events. */
    long pending();

    /** Late events that were written and not committed yet. */
    long latePending();

    /**
     * Commits what was written, but not late events.
     *
     * @throws RuntimeException if the disk is full, say; then everything since the last commit is lost
     */
    void commit();

    /**
     * Commits late events, and nothing else, in a transaction of their own.
     *
     * @throws RuntimeException as {@link #commit} does
     */
    void commitLate();

    /** Whether readers see all that was committed; cheap. */
    boolean isApplied();

    /** Tells of the late events that are committed by now whether readers see them; cheap. */
    BooleanSupplier lateApplied();

    /** Forgets what was not committed; never throws. */
    void discard();

    /** Empties the tables of the target, committed right away. */
    void truncate(RebuildTarget target);

    /**
     * Makes empty tables beside the present ones for a shadow to fill; those of an earlier one are dropped.
     *
     * @throws RuntimeException if the disk is full, say
     */
    StagedRows stage(Set<ProjectionTable> tables);

    /**
     * Puts the staged tables in the place of the present ones; one that is there already, after a crash, is left alone.
     * All that was written must be committed, and nobody may write to a staged table any more.
     */
    void publish(Set<ProjectionTable> tables);

    /** Drops the staged tables, if there are any. */
    void unstage();

    /** Writes nothing. */
    static Rows none() {
        return new Rows() {
            @Override
            public void events(Fresh fresh, long fromMicros) {}

            @Override
            public void lateEvents(Fresh fresh) {}

            @Override
            public void gap(GapRow row) {}

            @Override
            public void deadLetter(DeadLetterRow row) {}

            @Override
            public void window(WindowRow row) {}

            @Override
            public void transition(TransitionRow row) {}

            @Override
            public long pending() {
                return 0;
            }

            @Override
            public long latePending() {
                return 0;
            }

            @Override
            public void commit() {}

            @Override
            public void commitLate() {}

            @Override
            public boolean isApplied() {
                return true;
            }

            @Override
            public BooleanSupplier lateApplied() {
                return () -> true;
            }

            @Override
            public void discard() {}

            @Override
            public void truncate(RebuildTarget target) {}

            @Override
            public StagedRows stage(Set<ProjectionTable> tables) {
                throw new IllegalStateException("nothing is written, so there is nothing to derive in a shadow");
            }

            @Override
            public void publish(Set<ProjectionTable> tables) {}

            @Override
            public void unstage() {}
        };
    }
}
