package io.millrace.gateway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.gateway.admit.Admitted;
import io.millrace.gateway.live.OpenAlert;
import io.millrace.gateway.project.EngineProjection;
import io.millrace.model.yaml.Rule;
import io.millrace.store.log.AlertOrder;
import io.millrace.store.log.AlertOrder.Action;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What people do about an alert that is open; each is a log entry, so that a rebuild comes to the same. */
@Path("/api/v1/alerts/{id}")
@Tag(name = "alerts")
public final class AlertOrderResource {
    private static final String WHO = "Who does it, 1 to 64 characters without control characters";
    private static final String WHY = "Why, in your words, up to 512 characters";
    private static final Rule<Duration> FOR = Rule.duration(Duration.ofMinutes(1), Duration.ofDays(30));

    /** About what an order takes in memory. */
    private static final int ORDER_BYTES = 256;

    private final EngineProjection projection;
    private final Operator operator;
    private final Clock clock;

    AlertOrderResource(EngineProjection projection, Operator operator, Clock clock) {
        this.projection = projection;
        this.operator = operator;
        this.clock = clock;
    }

    /**
     * @param alert as it is now; null if it was cleared meanwhile
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Ordered(@Nullable OpenAlert alert) {}

    @POST
    @Path("acknowledge")
    @Operation(summary = "Somebody has seen the alert and takes care")
    @Parameter(name = "who", in = ParameterIn.QUERY, required = true, description = WHO)
    @Parameter(name = "why", in = ParameterIn.QUERY, description = WHY)
    public Ordered acknowledge(@PathParam("id") String id, @Context UriInfo uri) throws InterruptedException {
        return order(id, Action.ACKNOWLEDGE, new Parameters(uri, clock));
    }

    @POST
    @Path("shelve")
    @Operation(summary = "The alert shall not disturb for some time, cleared and raised again or not")
    @Parameter(name = "who", in = ParameterIn.QUERY, required = true, description = WHO)
    @Parameter(name = "why", in = ParameterIn.QUERY, description = WHY)
    @Parameter(name = "for", in = ParameterIn.QUERY, required = true, description = "1m to 30d, such as 8h")
    public Ordered shelve(@PathParam("id") String id, @Context UriInfo uri) throws InterruptedException {
        return order(id, Action.SHELVE, new Parameters(uri, clock));
    }

    @POST
    @Path("unshelve")
    @Operation(summary = "The alert may disturb again")
    @Parameter(name = "who", in = ParameterIn.QUERY, required = true, description = WHO)
    @Parameter(name = "why", in = ParameterIn.QUERY, description = WHY)
    public Ordered unshelve(@PathParam("id") String id, @Context UriInfo uri) throws InterruptedException {
        return order(id, Action.UNSHELVE, new Parameters(uri, clock));
    }

    private Ordered order(String id, Action action, Parameters parameters) throws InterruptedException {
        String who = parameters.needed("who", text -> name(words(text, 1, AlertOrder.WHO_CHARS_MAX)));
        String why = parameters.read("why", text -> words(text, 0, AlertOrder.WHY_CHARS_MAX));
        Duration lasting =
                action == Action.SHELVE ? parameters.needed("for", AlertOrderResource::lasting) : Duration.ZERO;
        parameters.check();
        if (who == null || lasting == null) {
            throw new IllegalStateException("a needed parameter was not checked");
        }
        io.millrace.projections.OpenAlert alert = find(uuid(id));
        if (alert == null) {
            throw notOpen(id);
        }
        long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        long until = lasting.isZero() ? 0 : nowMicros + lasting.toMillis() * 1_000;
        var order = new AlertOrder(alert.alert(), action, who, why == null ? "" : why, until);
        operator.await(operator.hand(
                ORDER_BYTES,
                (_, atMicros) -> List.of(
                        new Admitted.Log(order.logged(alert.site(), alert.agent(), atMicros), null, null, List.of()))));
        operator.awaitVisible();
        io.millrace.projections.OpenAlert after = find(alert.alert());
        return new Ordered(
                after == null ? null : OpenAlert.listOf(List.of(after), 1).getFirst());
    }

    private io.millrace.projections.@Nullable OpenAlert find(UUID id) {
        return projection.openAlerts().stream()
                .filter(alert -> alert.alert().equals(id))
                .findFirst()
                .orElse(null);
    }

    private static UUID uuid(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw notOpen(id);
        }
    }

    private static ProblemException notOpen(String id) {
        return new ProblemException(
                404, "no such alert", "No open alert has the id %s; it may have been cleared.".formatted(id));
    }

    private static Duration lasting(String text) {
        Duration lasting = FOR.parser().apply(text);
        if (lasting == null) {
            throw new IllegalArgumentException("'%s' expected %s".formatted(text, FOR.expected()));
        }
        return lasting;
    }

    /** It is shown on one line: on the page, in messages, in logs. */
    private static String name(String text) {
        text.chars().filter(Character::isISOControl).findFirst().ifPresent(control -> {
            throw new IllegalArgumentException(
                    "holds the control character U+%04X, expected a name on one line".formatted(control));
        });
        return text;
    }

    private static String words(String text, int min, int max) {
        if (text.strip().length() < min || text.length() > max) {
            throw new IllegalArgumentException(
                    "is %d characters long, expected %d to %d, not only blanks".formatted(text.length(), min, max));
        }
        return text;
    }
}
