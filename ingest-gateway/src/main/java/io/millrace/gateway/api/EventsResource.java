package io.millrace.gateway.api;

import io.millrace.store.Store;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Stored events in the order of event time; those of one instant by site, agent, lane, epoch and sequence. */
@Path("/api/v1/events")
@Tag(name = "events")
public final class EventsResource {
    private static final int LIMIT = 1000;
    private static final int LIMIT_MAX = 10_000;

    /** Endless answers at once at most; each holds a thread while its client takes what it gets. */
    private static final int STREAMS_MAX = 4;

    private static final String NDJSON = "application/x-ndjson";
    private static final MediaType NDJSON_TYPE = MediaType.valueOf(NDJSON);
    private static final Keyset<EventRow> KEYSET = new Keyset<>(EventRow.ORDER, EventRow::micros);

    private final Store store;
    private final Clock clock;
    private final Semaphore streams = new Semaphore(STREAMS_MAX);

    EventsResource(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    @GET
    @Produces({MediaType.APPLICATION_JSON, NDJSON})
    @Operation(
            summary = "A page of events, or with Accept: application/x-ndjson all of them, one JSON object a line",
            description =
                    "A page is {\"events\": […], \"next\": cursor or null}. Lines come as fast as the client takes them.")
    @Parameter(name = "site", in = ParameterIn.QUERY, description = Describe.SITE)
    @Parameter(name = "agent", in = ParameterIn.QUERY, description = Describe.AGENT)
    @Parameter(name = "device", in = ParameterIn.QUERY, description = Describe.DEVICE)
    @Parameter(name = "metric", in = ParameterIn.QUERY, description = Describe.METRIC)
    @Parameter(name = "from", in = ParameterIn.QUERY, description = Describe.FROM)
    @Parameter(name = "to", in = ParameterIn.QUERY, description = Describe.TO)
    @Parameter(name = "limit", in = ParameterIn.QUERY, description = "Of a page: events, 1 to 10000, default 1000")
    @Parameter(name = "cursor", in = ParameterIn.QUERY, description = "Of a page: \"next\" of the one before")
    public Response events(@Context UriInfo uri, @Context HttpHeaders headers) throws InterruptedException {
        var parameters = new Parameters(uri, clock);
        Range range = Range.of(parameters);
        SeriesFilter series = SeriesFilter.of(parameters);
        return wantsLines(headers) ? lines(parameters, range, series) : page(parameters, range, series);
    }

    /** What nobody asks for is JSON. */
    private static boolean wantsLines(HttpHeaders headers) {
        MediaType best = headers.getAcceptableMediaTypes().getFirst();
        return best.getType().equals(NDJSON_TYPE.getType()) && best.getSubtype().equals(NDJSON_TYPE.getSubtype());
    }

    private Response page(Parameters parameters, Range range, SeriesFilter series) throws InterruptedException {
        int limit = parameters.count("limit", LIMIT, 1, LIMIT_MAX);
        EventRow after = parameters.read("cursor", EventRow::ofCursor);
        parameters.check();
        Keyset.Page<EventRow> page = read(range, series, after, limit);
        EventRow last = page.last();
        StreamingOutput body = out -> EventJson.writePage(page.rows(), last == null ? null : last.cursor(), out);
        return Response.ok(body, MediaType.APPLICATION_JSON_TYPE).build();
    }

    private Response lines(Parameters parameters, Range range, SeriesFilter series) {
        parameters.check();
        if (!streams.tryAcquire()) {
            throw new ProblemException(
                    503, "busy", "%d such answers are being read already; try again later.".formatted(STREAMS_MAX));
        }
        StreamingOutput body = out -> {
            try {
                writeLines(range, series, out);
            } finally {
                streams.release();
            }
        };
        return Response.ok(body, NDJSON_TYPE).build();
    }

    /** Page after page, so that neither memory nor the store's readers are held by a slow client. */
    private void writeLines(Range range, SeriesFilter series, OutputStream out) throws IOException {
        try {
            EventRow after = null;
            do {
                Keyset.Page<EventRow> page = read(range, series, after, LIMIT_MAX);
                EventJson.writeLines(page.rows(), out);
                after = page.last();
            } while (after != null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the gateway stops");
        }
    }

    private Keyset.Page<EventRow> read(Range range, SeriesFilter series, @Nullable EventRow after, int limit)
            throws InterruptedException {
        long from = after == null ? range.fromMicros() : Math.max(range.fromMicros(), after.micros());
        SqlFilter filter =
                series.into(new SqlFilter()).and("ts >= ?", instant(from)).and("ts < ?", instant(range.toMicros()));
        String select = "SELECT " + EventRow.COLUMNS + " FROM events " + filter.where() + " ORDER BY ts";
        return KEYSET.page(rowsMax -> rows(select, filter.binds(), rowsMax), after, limit);
    }

    private List<EventRow> rows(String select, List<Object> binds, int rowsMax) throws InterruptedException {
        var rows = new ArrayList<EventRow>(rowsMax);
        store.sql().query(select, binds, rowsMax, row -> rows.add(EventRow.of(row)));
        return rows;
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
