package io.millrace.gateway.notify;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Alerts that are told together on one channel, and the notification of them that is on its way, one at most. */
final class Group {
    /** What names it. */
    record Key(String channel, String route, Map<String, String> by) {}

    /**
     * As it is kept on disk.
     *
     * @param dueAtMillis when its changes are told; 0 if there are none
     * @param toldAtMillis when a notification was made last; 0 if none was
     */
    record State(
            String channel,
            String route,
            Map<String, String> by,
            long dueAtMillis,
            long toldAtMillis,
            int leftOut,
            List<Tracked> alerts,
            @Nullable Delivery delivery) {
        Key key() {
            return new Key(channel, route, by);
        }
    }

    final Key key;
    final Route route;
    final Map<String, Tracked> alerts = new LinkedHashMap<>();
    long dueAtMillis;
    long toldAtMillis;
    int leftOut;

    @Nullable
    Delivery delivery;

    Group(Key key, Route route) {
        this.key = key;
        this.route = route;
    }

    State state() {
        return new State(
                key.channel,
                key.route,
                key.by,
                dueAtMillis,
                toldAtMillis,
                leftOut,
                List.copyOf(alerts.values()),
                delivery);
    }
}
