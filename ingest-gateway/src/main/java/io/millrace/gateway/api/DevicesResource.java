package io.millrace.gateway.api;

import io.millrace.gateway.live.SeriesId;
import io.millrace.gateway.live.SeriesState;
import io.millrace.store.Store;
import io.millrace.store.derive.LatestValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Every series with its last value by event time. Readings flagged as future are left out. */
@Path("/api/v1/devices")
@Tag(name = "devices")
public final class DevicesResource {
    private static final int LIMIT = 1000;
    private static final int LIMIT_MAX = 10_000;

    private final Store store;
    private final Clock clock;

    DevicesResource(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * @param total series that match
     * @param next where the next page begins behind; null on the last one
     */
    public record Devices(
            Instant asOf,
            long total,
            List<Device> devices,
            @Nullable String next) {}

    /** A series, its last value, and how old that is. */
    public record Device(
            String id,
            String site,
            String agent,
            String device,
            String metric,
            String unit,
            String type,
            Object value,
            String quality,
            Instant ts,
            long ageMs) {
        static Device of(SeriesState s, Instant now) {
            return new Device(
                    s.id(),
                    s.site(),
                    s.agent(),
                    s.device(),
                    s.metric(),
                    s.unit(),
                    s.type(),
                    s.value(),
                    s.quality(),
                    s.ts(),
                    Duration.between(s.ts(), now).toMillis());
        }
    }

    private record Found(SeriesId id, String text, LatestValue latest) {
        static Found of(LatestValue latest) {
            SeriesId id = SeriesId.of(latest);
            return new Found(id, id.toString(), latest);
        }
    }

    @GET
    @Operation(summary = "Series with their last values, ordered by id")
    @Parameter(name = "site", in = ParameterIn.QUERY, description = Describe.SITE)
    @Parameter(name = "agent", in = ParameterIn.QUERY, description = Describe.AGENT)
    @Parameter(name = "device", in = ParameterIn.QUERY, description = Describe.DEVICE)
    @Parameter(name = "metric", in = ParameterIn.QUERY, description = Describe.METRIC)
    @Parameter(name = "q", in = ParameterIn.QUERY, description = "Words that the id must hold, in any case and order")
    @Parameter(name = "limit", in = ParameterIn.QUERY, description = "Series in a page, 1 to 10000, default 1000")
    @Parameter(name = "cursor", in = ParameterIn.QUERY, description = Describe.CURSOR)
    public Devices devices(@Context UriInfo uri) {
        var parameters = new Parameters(uri, clock);
        SeriesFilter filter = SeriesFilter.of(parameters);
        String search = parameters.text("q");
        int limit = parameters.count("limit", LIMIT, 1, LIMIT_MAX);
        String after = parameters.text("cursor");
        parameters.check();
        List<Found> matching = matching(filter, words(search)).toList();
        List<Found> page = matching.stream()
                .filter(f -> after == null || f.text.compareTo(after) > 0)
                .limit(limit + 1L)
                .toList();
        boolean more = page.size() > limit;
        return new Devices(
                parameters.now(),
                matching.size(),
                page.stream()
                        .limit(limit)
                        .map(f -> Device.of(SeriesState.of(f.latest), parameters.now()))
                        .toList(),
                more ? page.get(limit - 1).text : null);
    }

    private Stream<Found> matching(SeriesFilter filter, List<String> words) {
        return store.derivation().latest().stream()
                .map(Found::of)
                .filter(f -> filter.matches(f.id) && holdsAll(f.text, words))
                .sorted(Comparator.comparing(Found::text));
    }

    private static List<String> words(@Nullable String search) {
        return search == null
                ? List.of()
                : List.of(search.toLowerCase(Locale.ROOT).strip().split("\\s+"));
    }

    private static boolean holdsAll(String id, List<String> words) {
        String folded = id.toLowerCase(Locale.ROOT);
        return words.stream().allMatch(folded::contains);
    }
}
