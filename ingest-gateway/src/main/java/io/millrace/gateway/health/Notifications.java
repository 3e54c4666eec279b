package io.millrace.gateway.health;

import io.millrace.gateway.notify.NotificationsView;
import io.millrace.gateway.notify.NotificationsView.ChannelView;
import io.millrace.gateway.notify.Notifier;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Tells how notifying stands and is always up: a mail server that is away is no reason to take in no readings. */
@Readiness
@ApplicationScoped
final class Notifications implements HealthCheck {
    private final Notifier notifier;

    Notifications(Notifier notifier) {
        this.notifier = notifier;
    }

    @Override
    public HealthCheckResponse call() {
        NotificationsView view = notifier.view();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("notifications")
                .up()
                .withData("configured", view.configured())
                .withData(
                        "pending",
                        view.channels().stream().mapToLong(ChannelView::pending).sum());
        if (view.failure() != null) {
            response.withData("failure", view.failure());
        }
        for (ChannelView channel : view.channels()) {
            if (channel.error() != null) {
                response.withData("error." + channel.name(), channel.error());
            }
        }
        return response.build();
    }
}
