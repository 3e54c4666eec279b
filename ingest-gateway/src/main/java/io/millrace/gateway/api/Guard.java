package io.millrace.gateway.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Stands before everything that is served: pages, interface, WebSocket, health and metrics. Refuses what comes from
 * strangers and forbids the browser everything that our page does not need.
 */
@Singleton
final class Guard {
    /** Before all other filters, static files included. */
    private static final int FIRST = 10_000;

    private static final String POLICY = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'");

    private final ObjectMapper json;

    Guard(ObjectMapper json) {
        this.json = json;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, FIRST);
    }

    private void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        String host = request.authority() == null ? null : request.authority().toString();
        String foreign = OwnOrigin.foreign(
                host, request.getHeader("Origin"), request.localAddress().port());
        if (foreign != null) {
            refuse(context, foreign);
            return;
        }
        context.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin");
        if (request.path().equals("/")
                || request.path().startsWith("/api/")
                || request.path().endsWith(".html")) {
            context.response().putHeader("Cache-Control", "no-cache");
        }
        context.next();
    }

    private void refuse(RoutingContext context, String why) {
        try {
            context.response()
                    .setStatusCode(403)
                    .putHeader("Content-Type", Problem.MEDIA_TYPE)
                    .end(json.writeValueAsString(Problem.of(403, "foreign request", why)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a problem of our own cannot be written as JSON", e);
        }
    }
}
