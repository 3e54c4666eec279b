package io.millrace.gateway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.gateway.live.OpenAlert;
import io.millrace.gateway.live.PendingAlert;
import io.millrace.gateway.live.SeriesId;
import io.millrace.gateway.project.EngineProjection;
import io.millrace.store.Store;
import io.millrace.store.sql.Row;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The alerts that are open, and what was raised and cleared before. */
@Path("/api/v1/alerts")
@Tag(name = "alerts")
public final class AlertsResource {
    private static final int HISTORY = 100;
    private static final int HISTORY_MAX = 10_000;
    private static final int SERIES_MAX = 16;
    private static final String TRANSITIONS = """
            SELECT ts, id, rule, site, agent, device, metric, transition, severity, value, threshold, text, retroactive,
            who, why, until
            FROM alert_transitions""";

    private final Store store;
    private final EngineProjection projection;
    private final Clock clock;

    AlertsResource(Store store, EngineProjection projection, Clock clock) {
        this.store = store;
        this.projection = projection;
        this.clock = clock;
    }

    /**
     * @param open those that nobody has shelved or acknowledged first, then the gravest, and of those the latest
     * @param pending what is bad and not raised, at most 200, those that are bad for longest first
     * @param pendingTotal with those left out
     * @param history transitions, the latest by event time first
     */
    public record Alerts(
            List<OpenAlert> open, List<PendingAlert> pending, int pendingTotal, List<TransitionJson> history) {}

    /**
     * @param transition raised, confirmed, escalated, flapping, acknowledged, shelved, unshelved or cleared
     * @param who did it, {@code why}, and {@code until} when it is shelved; null if nobody did
     * @param value what was compared, if anything was
     * @param threshold what it was compared with, if there is one
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record TransitionJson(
            Instant ts,
            String id,
            String rule,
            String site,
            String agent,
            String device,
            String metric,
            String transition,
            String severity,
            @Nullable Double value,
            @Nullable Double threshold,
            String detail,
            boolean retroactive,
            @Nullable String who,
            @Nullable String why,
            @Nullable Instant until) {
        static TransitionJson of(Row row) {
            return new TransitionJson(
                    instant(row.micros(0)),
                    row.textOrEmpty(1),
                    row.textOrEmpty(2),
                    row.textOrEmpty(3),
                    row.textOrEmpty(4),
                    row.textOrEmpty(5),
                    row.textOrEmpty(6),
                    row.textOrEmpty(7),
                    row.textOrEmpty(8),
                    orNull(row.number(9)),
                    orNull(row.number(10)),
                    row.textOrEmpty(11),
                    row.bool(12),
                    row.text(13),
                    row.text(14),
                    row.micros(15) == Long.MIN_VALUE ? null : instant(row.micros(15)));
        }

        private static Instant instant(long micros) {
            return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        }

        private static @Nullable Double orNull(double number) {
            return Double.isNaN(number) ? null : number;
        }
    }

    @GET
    @Operation(summary = "Open alerts, and the latest transitions")
    @Parameter(name = "history", in = ParameterIn.QUERY, description = "Transitions at most, 0 to 10000, default 100")
    @Parameter(
            name = "series",
            in = ParameterIn.QUERY,
            description = "Transitions of these series only: site/agent/device+metric with + written %2B; up to 16")
    public Alerts alerts(@Context UriInfo uri) throws InterruptedException {
        var parameters = new Parameters(uri, clock);
        int count = parameters.count("history", HISTORY, 0, HISTORY_MAX);
        List<SeriesId> series = parameters.readAll("series", SeriesId::parse, SERIES_MAX);
        parameters.check();
        var history = new ArrayList<TransitionJson>();
        if (count > 0) {
            var binds = new ArrayList<Object>();
            series.forEach(id -> binds.addAll(List.of(id.site(), id.agent(), id.device(), id.metric())));
            String sql = TRANSITIONS + where(series.size()) + " ORDER BY ts DESC";
            store.sql().query(sql, binds, count, row -> history.add(TransitionJson.of(row)));
        }
        EngineProjection.Pending pending = projection.pending();
        return new Alerts(
                OpenAlert.listOf(projection.openAlerts(), Integer.MAX_VALUE),
                PendingAlert.listOf(pending.first(), EngineProjection.Pending.MAX),
                pending.total(),
                history);
    }

    private static String where(int series) {
        return IntStream.range(0, series)
                .map(i -> 4 * i)
                .mapToObj(i -> "(site = $%d AND agent = $%d AND device = $%d AND metric = $%d)"
                        .formatted(i + 1, i + 2, i + 3, i + 4))
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(" OR "), any -> any.isEmpty() ? "" : " WHERE " + any));
    }
}
