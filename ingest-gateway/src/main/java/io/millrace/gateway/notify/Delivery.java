package io.millrace.gateway.notify;

import org.jspecify.annotations.Nullable;

/**
 * A notification on its way.
 *
 * @param attempts that failed
 * @param retryAtMillis not before; milliseconds since 1970
 * @param error of the last attempt
 */
record Delivery(
        Notification notification,
        long createdMillis,
        int attempts,
        long retryAtMillis,
        @Nullable String error) {
    static Delivery of(Notification notification, long nowMillis) {
        return new Delivery(notification, nowMillis, 0, nowMillis, null);
    }

    Delivery failed(long retryMillis, String why) {
        return new Delivery(notification, createdMillis, attempts + 1, retryMillis, why);
    }
}
