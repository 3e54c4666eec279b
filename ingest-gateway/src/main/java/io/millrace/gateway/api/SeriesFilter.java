package io.millrace.gateway.api;

import io.millrace.gateway.live.SeriesId;
import io.millrace.model.Glob;
import org.jspecify.annotations.Nullable;

/**
 * Which series are meant; what is null does not matter.
 *
 * @param site exactly
 * @param agent exactly
 */
record SeriesFilter(
        @Nullable String site,
        @Nullable String agent,
        @Nullable Glob device,
        @Nullable Glob metric) {
    static SeriesFilter of(Parameters parameters) {
        return new SeriesFilter(
                parameters.text("site"),
                parameters.text("agent"),
                parameters.glob("device"),
                parameters.glob("metric"));
    }

    SqlFilter into(SqlFilter filter) {
        return filter.and("site = ?", site)
                .and("agent = ?", agent)
                .matching("device", device)
                .matching("metric", metric);
    }

    boolean matches(SeriesId id) {
        return (site == null || site.equals(id.site()))
                && (agent == null || agent.equals(id.agent()))
                && (device == null || device.matches(id.device()))
                && (metric == null || metric.matches(id.metric()));
    }
}
