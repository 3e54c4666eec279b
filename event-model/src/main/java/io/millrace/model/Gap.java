package io.millrace.model;

import java.util.Locale;

/**
 * Sequences of one stream that an agent gave up, and why: the explanation that keeps a loss from being silent.
 *
 * @param range the sequences given up; open-ended when the agent cannot know how many there were
 * @param fromMicros earliest and {@code toMicros} latest event time that the gap can hide, microseconds since 1970
 */
public record Gap(StreamId stream, Interval range, Reason reason, long fromMicros, long toMicros) {
    /** Why events will never come. The lower-case name is what wire, store and audit show. */
    public enum Reason {
        /** The spool was at its limit or the disk had too little room. */
        DISK_FULL,
        /** The event was older than the agent may keep it. */
        EXPIRED,
        /** The event was larger than {@link EventBatch#EVENT_BYTES_MAX} or not valid, and was not let in. */
        REFUSED,
        /** The agent stopped uncleanly and what was not on disk yet is gone; how much cannot be known. */
        UNSYNCED_LOSS,
        /** Bytes in the spool were damaged; what could be read was sent. */
        DAMAGED,
        /** An operator declared that these will never come. */
        CLOSED;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * @throws IllegalArgumentException if no reason has that label
         */
        public static Reason ofLabel(String label) {
            return valueOf(label.toUpperCase(Locale.ROOT));
        }
    }

    public Gap {
        if (fromMicros > toMicros) {
            throw new IllegalArgumentException("gap of %s lasts from %d to %d microseconds, expected from <= to"
                    .formatted(stream, fromMicros, toMicros));
        }
    }
}
