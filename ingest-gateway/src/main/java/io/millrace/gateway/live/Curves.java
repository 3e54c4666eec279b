package io.millrace.gateway.live;

import io.millrace.model.EventBatch;
import io.millrace.model.Series;
import io.millrace.model.ValueType;
import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.LatestValue;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The curves of all series that some page watches. What nobody watches costs one look-up for each series of a batch.
 */
@Singleton
final class Curves {
    private volatile Map<SeriesId, Curve> watched = Map.of();

    /** Curves for exactly these; those that were there already stay as they are. */
    synchronized void watch(Set<SeriesId> wanted, List<LatestValue> latest) {
        Map<SeriesId, Curve> before = watched;
        var next = new HashMap<SeriesId, Curve>();
        for (SeriesId id : wanted) {
            Curve known = before.get(id);
            next.put(id, known == null ? new Curve() : known);
        }
        watched = Map.copyOf(next);
        for (LatestValue value : latest) {
            Curve curve = next.get(SeriesId.of(value));
            if (curve != null && curve.isNewest(value.timeMicros())) {
                curve.last(value);
            }
        }
    }

    @Nullable
    Curve of(SeriesId id) {
        return watched.get(id);
    }

    /** Takes what is new in one log entry. Never blocks. */
    void add(Fresh fresh) {
        Map<SeriesId, Curve> map = watched;
        if (map.isEmpty() || fresh.size() == 0) {
            return;
        }
        EventBatch events = fresh.events();
        @Nullable Curve[] bySeries = curvesOf(map, fresh.site(), fresh.agent(), events.series());
        if (bySeries == null) {
            return;
        }
        for (int n = 0; n < fresh.size(); n++) {
            int i = fresh.index(n);
            Curve curve = bySeries[events.seriesIndex(i)];
            if (curve != null) {
                add(curve, fresh, n, i);
            }
        }
    }

    private static void add(Curve curve, Fresh fresh, int n, int i) {
        EventBatch events = fresh.events();
        if (events.type(i) != ValueType.TEXT) {
            curve.add(events.timeMicros(i), events.number(i));
        }
        if (!fresh.isFuture(n) && curve.isNewest(events.timeMicros(i))) {
            curve.last(new LatestValue(
                    fresh.site(),
                    fresh.agent(),
                    events.series(i),
                    events.timeMicros(i),
                    events.value(i),
                    events.quality(i),
                    fresh.position()));
        }
    }

    /** The watched curve of each series, or null if none of them is watched. */
    private static @Nullable Curve @Nullable [] curvesOf(
            Map<SeriesId, Curve> map, String site, String agent, List<Series> series) {
        @Nullable Curve[] curves = new Curve[series.size()];
        boolean any = false;
        for (int s = 0; s < curves.length; s++) {
            Series each = series.get(s);
            curves[s] = map.get(new SeriesId(site, agent, each.device(), each.metric()));
            any |= curves[s] != null;
        }
        return any ? curves : null;
    }
}
