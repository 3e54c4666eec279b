package io.millrace.gateway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.gateway.notify.NotificationsView;
import io.millrace.gateway.notify.NotificationsView.ChannelView;
import io.millrace.gateway.notify.Notifier;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** How notifying stands, as metrics by channel. */
@Startup
@Singleton
final class NotifyFigures {
    NotifyFigures(MeterRegistry registry, Notifier notifier, Clock clock) {
        for (ChannelView channel : notifier.view().channels()) {
            String name = channel.name();
            count(registry, "delivered", "Notifications that a receiver has", notifier, name, ChannelView::delivered);
            count(
                    registry,
                    "refused",
                    "Notifications that a receiver will never take",
                    notifier,
                    name,
                    ChannelView::refused);
            count(registry, "failures", "Attempts that are made again", notifier, name, ChannelView::failures);
            gauge(registry, "pending", "Notifications on their way", notifier, name, ChannelView::pending);
            gauge(
                    registry,
                    "oldest.seconds",
                    "Age of the oldest notification on its way, 0 if there is none",
                    notifier,
                    name,
                    c -> c.oldestPending() == null
                            ? 0
                            : Duration.between(c.oldestPending(), clock.instant())
                                            .toMillis()
                                    / 1e3);
        }
        Gauge.builder("millrace.notify.alerts", notifier, n -> n.view().alertsTracked())
                .description("Alerts that are open, or still to be told, by route and channel")
                .register(registry);
        FunctionCounter.builder(
                        "millrace.notify.alerts.left.out",
                        notifier,
                        n -> n.view().alertsLeftOut())
                .description("Alerts that were told as a number only, because there were too many")
                .register(registry);
    }

    private static void count(
            MeterRegistry registry,
            String what,
            String description,
            Notifier notifier,
            String channel,
            ToDoubleFunction<ChannelView> figure) {
        FunctionCounter.builder("millrace.notify." + what, notifier, n -> of(n.view(), channel, figure))
                .description(description)
                .tag("channel", channel)
                .register(registry);
    }

    private static void gauge(
            MeterRegistry registry,
            String what,
            String description,
            Notifier notifier,
            String channel,
            ToDoubleFunction<ChannelView> figure) {
        Gauge.builder("millrace.notify." + what, notifier, n -> of(n.view(), channel, figure))
                .description(description)
                .tag("channel", channel)
                .register(registry);
    }

    private static double of(NotificationsView view, String channel, ToDoubleFunction<ChannelView> figure) {
        ChannelView found = view.channel(channel);
        return found == null ? 0 : figure.applyAsDouble(found);
    }
}
