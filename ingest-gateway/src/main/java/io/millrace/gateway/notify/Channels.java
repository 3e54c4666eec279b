package io.millrace.gateway.notify;

import java.time.Duration;
import java.time.InstantSource;

/** From what is configured to what delivers. */
final class Channels {
    private Channels() {}

    static NotificationChannel open(ChannelConfig config, InstantSource clock) {
        return switch (config) {
            case ChannelConfig.Webhook webhook ->
                new WebhookChannel(webhook, clock, Duration.ofSeconds(NotificationChannel.SECONDS_MAX));
            case ChannelConfig.Email email -> new EmailChannel(email);
        };
    }
}
