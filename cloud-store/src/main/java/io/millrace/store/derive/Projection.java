package io.millrace.store.derive;

import io.millrace.store.log.LoggedEntry;
import org.jspecify.annotations.Nullable;

/**
 * A pure function over the log: the same entries in the same order give the same output, byte for byte. It reads no
 * clock; time passes by events and ticks. Only the derivation's thread calls it.
 */
public interface Projection {
    /**
     * Begins again from a snapshot. Called once before the first entry, and again whenever the derivation goes back to
     * its checkpoint (a disk that was full, say) or a shadow takes its place.
     *
     * @param snapshot what {@link #snapshot} gave, of this one or of the shadow, or null to begin before position 1; one that it cannot read (of an
     *     older version) it answers with an {@link IllegalArgumentException}, and all is derived from position 1
     */
    void restore(byte @Nullable [] snapshot);

    /**
     * Takes in the next entry; called for every entry in position order, also those without fresh events.
     *
     * @param fresh valid during the call only
     */
    void fold(LoggedEntry entry, Fresh fresh, Output out);

    /** All of its state after the last {@link #fold}. */
    byte[] snapshot();

    /** Another one that comes to the same and has seen nothing yet, for a shadow. */
    Projection anew();

    /** Concludes nothing. */
    static Projection none() {
        return new Projection() {
            @Override
            public void restore(byte @Nullable [] snapshot) {}

            @Override
            public void fold(LoggedEntry entry, Fresh fresh, Output out) {}

            @Override
            public byte[] snapshot() {
                return new byte[0];
            }

            @Override
            public Projection anew() {
                return this;
            }
        };
    }
}
