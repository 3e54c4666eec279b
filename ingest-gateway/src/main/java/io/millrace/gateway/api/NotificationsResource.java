package io.millrace.gateway.api;

import io.millrace.gateway.notify.NotificationsView;
import io.millrace.gateway.notify.Notifier;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Who was told, who is still to be, and what keeps them from it. */
@Path("/api/v1/notifications")
@Tag(name = "alerts")
public final class NotificationsResource {
    private final Notifier notifier;
    private final Clock clock;

    NotificationsResource(Notifier notifier, Clock clock) {
        this.notifier = notifier;
        this.clock = clock;
    }

    @GET
    @Operation(summary = "Channels, notifications on their way, and the latest that were delivered or refused")
    public NotificationsView notifications(@Context UriInfo uri) {
        new Parameters(uri, clock).check();
        return notifier.view();
    }
}
