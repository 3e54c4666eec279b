package io.millrace.gateway.api;

import io.millrace.store.log.Letter;

/**
 * Names a dead letter for ever: {@code POSITION-SEQUENCE}, or {@code POSITION} where no sequence is known.
 *
 * @param position of the log entry that it was in
 * @param sequence {@link Letter#UNKNOWN} if it is not known
 */
record DeadLetterId(long position, long sequence) {
    /**
     * @throws IllegalArgumentException if it is no id
     */
    static DeadLetterId of(String text) {
        int dash = text.indexOf('-');
        try {
            return dash < 0
                    ? new DeadLetterId(Long.parseLong(text), Letter.UNKNOWN)
                    : new DeadLetterId(
                            Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'%s' is no id of a dead letter, expected POSITION-SEQUENCE or POSITION, as the list shows it"
                            .formatted(text),
                    e);
        }
    }

    @Override
    public String toString() {
        return sequence == Letter.UNKNOWN ? Long.toString(position) : position + "-" + sequence;
    }
}
