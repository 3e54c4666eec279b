package io.millrace.gateway.notify;

import io.millrace.gateway.notify.DeliveryResult.Delivered;
import io.millrace.gateway.notify.DeliveryResult.Refused;
import io.millrace.gateway.notify.DeliveryResult.Unavailable;
import io.millrace.gateway.notify.NotificationsView.ChannelView;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What the notifier knows of a channel. Only its thread uses it. */
final class ChannelState {
    private static final Logger LOG = Logger.getLogger(ChannelState.class);

    final ChannelConfig config;
    final Sender sender;
    final Thread thread;
    boolean busy;
    Instant pausedUntil = Instant.MIN;
    private long delivered;
    private long refused;
    private long failures;
    private @Nullable Instant lastDelivered;
    private @Nullable String error;

    ChannelState(ChannelConfig config, Sender sender) {
        this.config = config;
        this.sender = sender;
        this.thread = Thread.ofVirtual().name("notify-" + config.name()).unstarted(sender);
    }

    /** Counts, and tells when the channel begins to fail and when it is well again. */
    void ended(String notification, DeliveryResult result, Instant now) {
        switch (result) {
            case Delivered() -> {
                if (error != null) {
                    LOG.infof("Notifications are delivered again: channel=%s failures=%d", config.name(), failures);
                }
                delivered++;
                lastDelivered = now;
                error = null;
            }
            case Refused(String reason) -> {
                LOG.errorf(
                        "A notification is refused and not sent again; open alerts are repeated as their route says."
                                + " See what the receiver minds: channel=%s notification=%s cause=%s",
                        config.name(), notification, reason);
                refused++;
                error = reason;
            }
            case Unavailable(String reason, var _) -> {
                if (error == null) {
                    LOG.warnf(
                            "Notifications are not delivered, they are kept and tried again: channel=%s cause=%s",
                            config.name(), reason);
                }
                failures++;
                error = reason;
            }
        }
    }

    ChannelView view(List<Delivery> all) {
        List<Delivery> mine = all.stream()
                .filter(d -> d.notification().channel().equals(config.name()))
                .toList();
        return new ChannelView(
                config.name(),
                config.target(),
                mine.size(),
                mine.stream()
                        .map(Delivery::createdMillis)
                        .min(Comparator.naturalOrder())
                        .map(Instant::ofEpochMilli)
                        .orElse(null),
                delivered,
                refused,
                failures,
                lastDelivered,
                error);
    }
}
