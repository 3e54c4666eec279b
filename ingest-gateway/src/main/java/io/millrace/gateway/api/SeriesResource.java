package io.millrace.gateway.api;

import io.millrace.gateway.live.Decimation;
import io.millrace.gateway.live.SeriesId;
import io.millrace.gateway.live.TimedValue;
import io.millrace.model.ValueType;
import io.millrace.store.Store;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Points for a chart: thinned so that its picture stays the same, with its holes and their reasons. */
@Path("/api/v1/series")
@Tag(name = "series")
public final class SeriesResource {
    private static final int SERIES_MAX = 16;
    private static final int POINTS = 1000;
    private static final int POINTS_MAX = 10_000;
    private static final int GAPS_MAX = 1000;

    private final Store store;
    private final Clock clock;

    SeriesResource(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** What was asked for, one curve for each series, in the order asked for. */
    public record CurvesPage(Instant from, Instant to, List<CurveJson> series) {}

    /**
     * @param unit and {@code type} of its last point; null type without points
     * @param count points before thinning
     * @param decimated whether points were left out
     * @param holeAfterMs from which length on a step between two points is a hole; null as long as there are too few to tell
     * @param points event time in milliseconds since 1970, and the value
     */
    public record CurveJson(
            String id,
            String unit,
            @Nullable String type,
            long count,
            boolean decimated,
            @Nullable Double holeAfterMs,
            List<TimedValue> points,
            List<HoleJson> holes) {}

    /**
     * @param reason why nothing came, if an agent declared it
     */
    public record HoleJson(
            Instant from, Instant to, @Nullable String reason) {}

    private record DeclaredGap(long fromMicros, long toMicros, String reason) {
        boolean overlaps(Decimation.Hole hole) {
            return fromMicros <= hole.toMicros() && toMicros >= hole.fromMicros();
        }
    }

    @GET
    @Operation(summary = "Points of up to 16 series, at most max_points each, the extremes kept")
    @Parameter(
            name = "series",
            in = ParameterIn.QUERY,
            description = "id of a series: site/agent/device+metric with + written %2B; may be repeated")
    @Parameter(name = "site", in = ParameterIn.QUERY, description = "Instead of series: exactly this site")
    @Parameter(name = "agent", in = ParameterIn.QUERY, description = "Instead of series: exactly this agent")
    @Parameter(name = "device", in = ParameterIn.QUERY, description = "Instead of series: pattern such as pump-*")
    @Parameter(name = "metric", in = ParameterIn.QUERY, description = "Instead of series: pattern such as temp*")
    @Parameter(name = "from", in = ParameterIn.QUERY, description = Describe.FROM)
    @Parameter(name = "to", in = ParameterIn.QUERY, description = Describe.TO)
    @Parameter(
            name = "max_points",
            in = ParameterIn.QUERY,
            description = "Points of each series at most, 2 to 10000, default 1000")
    public CurvesPage curves(@Context UriInfo uri) throws InterruptedException {
        var parameters = new Parameters(uri, clock);
        Range range = Range.of(parameters);
        List<SeriesId> ids = parameters.readAll("series", SeriesId::parse, SERIES_MAX);
        SeriesFilter filter = SeriesFilter.of(parameters);
        int points = parameters.count("max_points", POINTS, Decimation.POINTS_MIN, POINTS_MAX);
        if (ids.isEmpty()) {
            ids = matching(filter);
            if (ids.size() > SERIES_MAX) {
                parameters.mistake(
                        "series",
                        "is not given and %d series match, expected at most %d".formatted(ids.size(), SERIES_MAX));
            }
        }
        parameters.check();
        var curves = new ArrayList<CurveJson>();
        for (SeriesId id : ids) {
            curves.add(curve(id, range, points));
        }
        return new CurvesPage(instant(range.fromMicros()), instant(range.toMicros()), curves);
    }

    private List<SeriesId> matching(SeriesFilter filter) {
        return store.derivation().latest().stream()
                .map(SeriesId::of)
                .filter(filter::matches)
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .toList();
    }

    private CurveJson curve(SeriesId id, Range range, int pointsMax) throws InterruptedException {
        SqlFilter filter = new SqlFilter()
                .and("site = ?", id.site())
                .and("agent = ?", id.agent())
                .and("device = ?", id.device())
                .and("metric = ?", id.metric())
                .and("ts >= ?", instant(range.fromMicros()))
                .and("ts < ?", instant(range.toMicros()));
        var reading = new Reading(new Decimation(range.fromMicros(), range.toMicros(), pointsMax));
        store.sql()
                .query(
                        "SELECT ts, value, type, unit FROM events " + filter.where() + " ORDER BY ts",
                        filter.binds(),
                        Long.MAX_VALUE,
                        row -> reading.add(row.micros(0), row.number(1), (int) row.integer(2), row.textOrEmpty(3)));
        Decimation.Thinned thinned = reading.decimation.thinned();
        return new CurveJson(
                id.toString(),
                reading.unit,
                reading.type == 0 ? null : ValueType.ofCode(reading.type).name().toLowerCase(Locale.ROOT),
                thinned.count(),
                thinned.points().size() < thinned.count(),
                thinned.holeAfterMicros() == Long.MAX_VALUE ? null : thinned.holeAfterMicros() / 1000.0,
                thinned.points().stream().map(TimedValue::of).toList(),
                explained(id, thinned.holes()));
    }

    private static final class Reading {
        private final Decimation decimation;
        private String unit = "";
        private int type;

        Reading(Decimation decimation) {
            this.decimation = decimation;
        }

        /** Text has no point. */
        void add(long micros, double value, int newType, String newUnit) {
            if (newType != ValueType.TEXT.code()) {
                decimation.add(micros, value);
                type = newType;
                unit = newUnit;
            }
        }
    }

    private List<HoleJson> explained(SeriesId id, List<Decimation.Hole> holes) throws InterruptedException {
        if (holes.isEmpty()) {
            return List.of();
        }
        List<DeclaredGap> gaps =
                gaps(id, holes.getFirst().fromMicros(), holes.getLast().toMicros());
        return holes.stream()
                .map(hole -> new HoleJson(
                        instant(hole.fromMicros()),
                        instant(hole.toMicros()),
                        gaps.stream()
                                .filter(gap -> gap.overlaps(hole))
                                .map(DeclaredGap::reason)
                                .findFirst()
                                .orElse(null)))
                .toList();
    }

    private List<DeclaredGap> gaps(SeriesId id, long fromMicros, long toMicros) throws InterruptedException {
        SqlFilter filter = new SqlFilter()
                .and("site = ?", id.site())
                .and("agent = ?", id.agent())
                .and("from_ts <= ?", instant(toMicros))
                .and("to_ts >= ?", instant(fromMicros));
        var gaps = new ArrayList<DeclaredGap>();
        store.sql()
                .query(
                        "SELECT from_ts, to_ts, reason FROM gaps " + filter.where(),
                        filter.binds(),
                        GAPS_MAX,
                        row -> gaps.add(new DeclaredGap(row.micros(0), row.micros(1), row.textOrEmpty(2))));
        return gaps;
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
