package io.millrace.store.log;

import org.jspecify.annotations.Nullable;

/**
 * A dead letter without its bytes. Position and sequence name it for ever, also after a rebuild.
 *
 * @param tsMicros commit time of the entry that it was in, microseconds since 1970
 * @param position of that entry
 * @param sequence of the event, of the first one of a whole message; null if none is known
 * @param epoch null if no sequence is known
 * @param topic of a plain device or a whole message, else null
 */
public record Letter(
        long tsMicros,
        long position,
        @Nullable Long sequence,
        String site,
        String agent,
        String lane,
        @Nullable Long epoch,
        @Nullable String topic,
        Verdict.DeadLetter why) {
    /** What tables and formats have in the place of a sequence or epoch that is not known. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    /** The sequence, or {@link #UNKNOWN}. */
    public long sequenceOrUnknown() {
        return sequence == null ? UNKNOWN : sequence;
    }

    /** The same letter after another attempt, which failed too. */
    public Letter because(Verdict.DeadLetter newReason) {
        return new Letter(tsMicros, position, sequence, site, agent, lane, epoch, topic, newReason);
    }
}
