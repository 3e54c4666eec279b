package io.millrace.gateway.notify;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How notifying stands.
 *
 * @param configured whether there is a {@code notify.yaml}
 * @param failure why the notifier itself does not get on; null if it does
 * @param alertsTracked open alerts and what is still to be told of others, at most 10 000
 * @param alertsLeftOut since the start, because there were more
 * @param pending decided and not delivered yet, the oldest first
 * @param recent delivered or refused since the start, the latest first, at most 100
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record NotificationsView(
        boolean configured,
        @Nullable String failure,
        int alertsTracked,
        long alertsLeftOut,
        List<ChannelView> channels,
        List<DeliveryView> pending,
        List<DeliveryView> recent) {
    /** How many of each are shown. */
    public static final int SHOWN_MAX = 100;

    /**
     * @param target without tokens
     * @param pending notifications on their way
     * @param oldestPending when the oldest of them was made
     * @param delivered notifications since the start
     * @param refused notifications that the receiver will never take, since the start
     * @param failures attempts that are made again, since the start
     * @param error of the last attempt; null if it succeeded
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record ChannelView(
            String name,
            String target,
            int pending,
            @Nullable Instant oldestPending,
            long delivered,
            long refused,
            long failures,
            @Nullable Instant lastDelivered,
            @Nullable String error) {}

    /**
     * @param id the idempotency key
     * @param state pending, delivered or refused
     * @param attempts that failed
     * @param retryAt when it is tried again; null if it is not
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record DeliveryView(
            String id,
            String channel,
            String route,
            Map<String, String> group,
            String subject,
            String state,
            Instant created,
            int attempts,
            @Nullable Instant retryAt,
            @Nullable Instant ended,
            @Nullable String error) {
        static DeliveryView pending(Delivery delivery) {
            return of(
                    delivery,
                    "pending",
                    delivery.attempts() == 0 ? null : Instant.ofEpochMilli(delivery.retryAtMillis()),
                    null,
                    delivery.error());
        }

        static DeliveryView ended(Delivery delivery, String state, Instant now, @Nullable String error) {
            return of(delivery, state, null, now, error);
        }

        private static DeliveryView of(
                Delivery delivery,
                String state,
                @Nullable Instant retryAt,
                @Nullable Instant ended,
                @Nullable String error) {
            Notification n = delivery.notification();
            return new DeliveryView(
                    n.id(),
                    n.channel(),
                    n.route(),
                    n.group(),
                    n.subject(),
                    state,
                    Instant.ofEpochMilli(delivery.createdMillis()),
                    delivery.attempts(),
                    retryAt,
                    ended,
                    error);
        }
    }

    /** The channel's, or null if there is none of that name. */
    public @Nullable ChannelView channel(String name) {
        return channels.stream().filter(c -> c.name().equals(name)).findFirst().orElse(null);
    }
}
