package io.millrace.store.log;

/** What admission said of an event that is not simply stored. It is logged with the event and never judged again. */
public sealed interface Verdict {
    /** Stored, but its time lies ahead: kept away from watermarks and from the latest values. */
    record Future() implements Verdict {}

    /**
     * Kept as a dead letter, with its bytes.
     *
     * @param reason a short label for grouping, such as {@code not_finite}; at most {@value #REASON_CHARS_MAX} characters
     * @param detail one sentence for a person; longer than {@value #DETAIL_CHARS_MAX} characters it is cut
     */
    record DeadLetter(String reason, String detail) implements Verdict {
        public static final int REASON_CHARS_MAX = 64;
        public static final int DETAIL_CHARS_MAX = 512;

        public DeadLetter {
            if (reason.isEmpty() || reason.length() > REASON_CHARS_MAX) {
                throw new IllegalArgumentException(
                        "reason is '%s', expected 1 to %d characters".formatted(reason, REASON_CHARS_MAX));
            }
            if (detail.length() > DETAIL_CHARS_MAX) {
                detail = detail.substring(0, DETAIL_CHARS_MAX);
            }
        }
    }
}
