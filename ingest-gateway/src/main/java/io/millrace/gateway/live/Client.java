package io.millrace.gateway.live;

import io.millrace.gateway.live.Watch.Wanted;
import io.millrace.gateway.project.EngineProjection.Pending;
import io.quarkus.websockets.next.WebSocketConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One page. It is never queued for: what it has not taken yet stays in the shared curves, and while a frame is on its
 * way to it the next one waits. A page that is too slow for a curve's ring is told to fetch it again.
 */
final class Client {
    /** Points of one series in one frame at most; more are thinned. */
    private static final int FRAME_POINTS_MAX = 256;

    /** Open alerts in one frame at most. */
    private static final int ALERTS_MAX = 200;

    /** Pending alerts in one frame at most; they may change each second. */
    private static final int PENDING_MAX = 50;

    private final WebSocketConnection connection;
    private final AtomicInteger sending = new AtomicInteger();
    private volatile Wanted wanted = Wanted.NOTHING;
    private final Map<SeriesId, Long> pointsRead = new HashMap<>();
    private final Map<SeriesId, Long> valuesSeen = new HashMap<>();
    private @Nullable List<?> alertsSeen;
    private @Nullable Pending pendingSeen;

    Client(WebSocketConnection connection) {
        this.connection = connection;
    }

    Wanted wanted() {
        return wanted;
    }

    void want(Wanted next) {
        wanted = next;
    }

    /** Whether all that was sent has left. */
    boolean isIdle() {
        return sending.get() == 0;
    }

    void send(String frame) {
        sending.incrementAndGet();
        connection
                .sendText(frame)
                .subscribe()
                .with(done -> sending.decrementAndGet(), failure -> sending.decrementAndGet());
    }

    /** Sends the points that came since the last time. The pusher's thread only, like all below. */
    void pushPoints(Curves curves, Frames frames) {
        Set<SeriesId> ids = wanted.points();
        pointsRead.keySet().retainAll(ids);
        List<String> lost = new ArrayList<>();
        for (SeriesId id : ids) {
            Curve curve = curves.of(id);
            if (curve == null) {
                continue;
            }
            Long from = pointsRead.get(id);
            if (from == null) {
                pointsRead.put(id, curve.end());
                continue;
            }
            Curve.Points points = curve.since(from);
            pointsRead.put(id, points.end());
            if (points.lost()) {
                lost.add(id.toString());
            }
            if (points.value().length > 0) {
                send(frames.points(id.toString(), thinned(points)));
            }
        }
        if (!lost.isEmpty()) {
            send(frames.refetch(lost));
        }
    }

    private static List<Decimation.Point> thinned(Curve.Points points) {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (long t : points.timeMicros()) {
            from = Math.min(from, t);
            to = Math.max(to, t);
        }
        var decimation = new Decimation(from, to + 1, FRAME_POINTS_MAX);
        for (int i = 0; i < points.value().length; i++) {
            decimation.add(points.timeMicros()[i], points.value()[i]);
        }
        return decimation.thinned().points();
    }

    /** Sends the last values that changed since the last time. */
    void pushValues(Curves curves, Frames frames) {
        Set<SeriesId> ids = wanted.values();
        valuesSeen.keySet().retainAll(ids);
        List<SeriesState> changed = new ArrayList<>();
        for (SeriesId id : ids) {
            Curve curve = curves.of(id);
            Curve.@Nullable Last last = curve == null ? null : curve.lastSince(valuesSeen.getOrDefault(id, 0L));
            if (last != null) {
                valuesSeen.put(id, last.changes());
                changed.add(SeriesState.of(last.value()));
            }
        }
        if (!changed.isEmpty()) {
            send(frames.values(changed));
        }
    }

    /** Sends the open alerts if they are others than the last time; the same list means the same alerts. */
    @SuppressWarnings("ReferenceEquality")
    void pushAlerts(List<io.millrace.projections.OpenAlert> open, Frames frames) {
        if (open != alertsSeen) {
            alertsSeen = open;
            send(frames.alerts(OpenAlert.listOf(open, ALERTS_MAX), open.size()));
        }
    }

    /** Sends what is about to be raised if that is another than the last time. */
    @SuppressWarnings("ReferenceEquality")
    void pushPending(Pending pending, Frames frames) {
        if (pending != pendingSeen) {
            pendingSeen = pending;
            send(frames.pending(PendingAlert.listOf(pending.first(), PENDING_MAX), pending.total()));
        }
    }
}
