package io.millrace.projections;

import java.util.UUID;

/**
 * What a person does about an alert.
 *
 * @param alert id of the alert
 * @param who as they call themselves
 * @param why in their words; may be empty
 * @param untilMicros of a shelving: when it ends, microseconds since 1970; else 0
 */
public record AlertCommand(UUID alert, Action action, String who, String why, long untilMicros) {
    /** What is done. */
    public enum Action {
        /** Somebody has seen it and takes care. */
        ACKNOWLEDGE,
        /** It shall not disturb until then, whether it is cleared and raised again or not. */
        SHELVE,
        /** It may disturb again. */
        UNSHELVE
    }
}
