package io.millrace.gateway.notify;

import java.time.Duration;
import java.util.Optional;

/** What became of an attempt to deliver. */
sealed interface DeliveryResult {
    /** The receiver has it. */
    record Delivered() implements DeliveryResult {}

    /** The receiver will never take this one; it is not tried again. */
    record Refused(String reason) implements DeliveryResult {}

    /**
     * Nothing is known, or the receiver may take it later.
     *
     * @param retryAfter what it asked for
     */
    record Unavailable(String reason, Optional<Duration> retryAfter) implements DeliveryResult {
        Unavailable(String reason) {
            this(reason, Optional.empty());
        }
    }
}
