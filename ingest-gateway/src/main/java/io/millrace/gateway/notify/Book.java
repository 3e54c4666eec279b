package io.millrace.gateway.notify;

import io.millrace.gateway.notify.Notification.Change;
import io.millrace.gateway.notify.Notification.Item;
import io.millrace.projections.OpenAlert;
import io.millrace.projections.Severity;
import io.millrace.store.derive.TransitionRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who is to be told what, and what was told already: a state machine without a clock, a disk or a network. For each channel
 * of each route it keeps groups of alerts; a group has at most one notification on its way, and what happens meanwhile is
 * told by the next one. So a receiver that is away for a night gets one notification for each group afterwards, and what
 * waits is bounded by the number of alerts.
 *
 * <p>One thread owns it. Folding the same transitions again changes nothing.
 */
final class Book {
    /** Alerts in all groups together; further ones are counted and told as a number. */
    static final int ALERTS_MAX = 10_000;

    /** Longest time that a receiver may ask to wait. */
    static final Duration RETRY_AFTER_MAX = Duration.ofHours(1);

    private static final Comparator<Tracked> GRAVEST =
            Comparator.<Tracked, Severity>comparing(Tracked::severity).thenComparingLong(Tracked::sinceMicros);

    private final NotifyConfig config;
    private final Map<Group.Key, Group> groups = new LinkedHashMap<>();

    /** Until when a series of a rule shall not disturb, in microseconds since 1970. */
    private final Map<String, Long> shelvings = new HashMap<>();

    private int tracked;
    private long leftOut;
    private boolean changed;

    Book(NotifyConfig config) {
        this.config = config;
    }

    /**
     * Takes over what was kept. Alerts find their group by the routes as they are now.
     *
     * @return notifications whose channel or route is no longer there
     */
    List<Delivery> restore(List<Group.State> states) {
        var orphans = new ArrayList<Delivery>();
        for (Group.State state : states) {
            Optional<Route> route = route(state.channel(), state.route());
            if (route.isPresent()) {
                restore(state, route.get());
            } else if (state.delivery() != null) {
                orphans.add(state.delivery());
            }
        }
        return orphans;
    }

    private void restore(Group.State state, Route route) {
        for (Tracked alert : state.alerts()) {
            if (route.matches(alert)) {
                Group group = group(new Group.Key(state.channel(), route.name(), route.groupOf(alert)), route);
                put(group, alert);
                group.toldAtMillis = Math.max(group.toldAtMillis, state.toldAtMillis());
            }
        }
        if (state.delivery() != null || groups.containsKey(state.key())) {
            Group group = group(state.key(), route);
            group.delivery = state.delivery();
            group.dueAtMillis = state.dueAtMillis();
            group.toldAtMillis = state.toldAtMillis();
            group.leftOut = state.leftOut();
        }
    }

    private Optional<Route> route(String channel, String name) {
        return config.routes().stream()
                .filter(route -> route.name().equals(name) && route.to().contains(channel))
                .findFirst();
    }

    List<Group.State> states() {
        return groups.values().stream().map(Group::state).toList();
    }

    /** Whether there is anything to keep since the last call. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    /** Takes in what became of an alert, in the order of the log. */
    void fold(TransitionRow row) {
        switch (row.transition()) {
            case RAISED -> {
                if (!row.retroactive()) {
                    track(Tracked.of(row));
                }
            }
            case ESCALATED -> {
                if (row.retroactive()) {
                    update(row.id(), alert -> alert.withAcknowledged(false));
                } else {
                    update(row.id(), alert -> alert.graver(row).withAcknowledged(false));
                    track(Tracked.of(row));
                }
            }
            // Those that are not known here are added as they are open, with who takes care of them.
            case CONFIRMED -> update(row.id(), alert -> alert.graver(row));
            // Found in late data or not: who was told that it began is told that it is over.
            case CLEARED -> update(row.id(), alert -> alert.cleared(row.atMicros(), row.text()));
            case ACKNOWLEDGED -> update(row.id(), alert -> alert.withAcknowledged(true));
            case SHELVED, UNSHELVED -> shelve(row);
            case FLAPPING -> {}
        }
    }

    /** Takes in a shelving only: it outlives the alert, so those before the alerts that are tracked count too. */
    void shelve(TransitionRow row) {
        String series = series(row.rule(), row.site(), row.agent(), row.device(), row.metric());
        if (row.transition() == TransitionRow.Transition.SHELVED && row.untilMicros() != null) {
            shelvings.put(series, row.untilMicros());
        } else if (row.transition() == TransitionRow.Transition.UNSHELVED) {
            shelvings.remove(series);
        }
    }

    /** Whether a group should know this alert and does not. */
    boolean lacks(OpenAlert open) {
        var alert = Tracked.of(open);
        return tracked < ALERTS_MAX
                && keys(alert).anyMatch(key -> {
                    Group group = groups.get(key.key);
                    return group == null || !group.alerts.containsKey(alert.id());
                });
    }

    /** Takes in an alert that was raised before this book began, or before its route or rule was there. */
    void add(OpenAlert open) {
        track(Tracked.of(open));
    }

    /**
     * Clears what is not open any more without having been cleared: its rule was changed.
     *
     * @param open all that were open at or after a position, and everything up to them was folded
     */
    void closeAllBut(Set<String> open, long position, Instant now) {
        for (Group group : groups.values()) {
            for (Tracked alert : List.copyOf(group.alerts.values())) {
                if (alert.isOpen() && alert.position() <= position && !open.contains(alert.id())) {
                    replace(group, alert.cleared(micros(now), "no longer watched, since the rules were changed"));
                }
            }
        }
    }

    private record Way(Group.Key key, Route route) {}

    private Stream<Way> keys(Tracked alert) {
        return config.routes().stream()
                .filter(route -> route.matches(alert))
                .flatMap(route -> route.to().stream()
                        .map(channel -> new Way(new Group.Key(channel, route.name(), route.groupOf(alert)), route)));
    }

    private void track(Tracked alert) {
        keys(alert).forEach(way -> {
            Group group = groups.get(way.key);
            if (group != null && group.alerts.containsKey(alert.id())) {
                return;
            }
            if (tracked < ALERTS_MAX) {
                put(group(way.key, way.route), alert);
                changed = true;
                return;
            }
            leftOut++;
            if (group != null) {
                group.leftOut++;
                changed = true;
            }
        });
    }

    private Group group(Group.Key key, Route route) {
        return groups.computeIfAbsent(key, k -> new Group(k, route));
    }

    private void put(Group group, Tracked alert) {
        if (group.alerts.put(alert.id(), alert) == null) {
            tracked++;
        }
    }

    private void update(String id, UnaryOperator<Tracked> next) {
        for (Group group : groups.values()) {
            Tracked alert = group.alerts.get(id);
            if (alert != null) {
                replace(group, next.apply(alert));
            }
        }
    }

    private void replace(Group group, Tracked alert) {
        group.alerts.put(alert.id(), alert);
        changed = true;
    }

    /** Makes the notifications that are due. */
    void step(Instant now) {
        shelvings.values().removeIf(until -> until <= micros(now));
        for (Iterator<Group> all = groups.values().iterator(); all.hasNext(); ) {
            Group group = all.next();
            step(group, now);
            if (group.alerts.isEmpty() && group.delivery == null) {
                all.remove();
                changed = true;
            }
        }
    }

    private void step(Group group, Instant now) {
        Map<Tracked, Change> changes = changes(group, now);
        long millis = now.toEpochMilli();
        long wait = group.route.groupWait().toMillis();
        if (changes.isEmpty() != (group.dueAtMillis == 0)) {
            group.dueAtMillis = changes.isEmpty() ? 0 : millis + wait;
            changed = true;
        }
        if (group.delivery != null) {
            return;
        }
        if (!changes.isEmpty() && isDue(group.dueAtMillis, millis, wait)) {
            tell(group, changes, now);
        } else if (changes.isEmpty() && isRepeatDue(group, millis)) {
            Map<Tracked, Change> repeats = repeats(group, now);
            if (!repeats.isEmpty()) {
                tell(group, repeats, now);
            }
        }
    }

    /** A time farther away than it can have been set is due too: the clock was put back. */
    private static boolean isDue(long at, long now, long waitMax) {
        return at <= now || at > now + waitMax;
    }

    private static boolean isRepeatDue(Group group, long millis) {
        return group.route
                .repeat()
                .filter(repeat -> group.toldAtMillis > 0
                        && isDue(group.toldAtMillis + repeat.toMillis(), millis, repeat.toMillis()))
                .isPresent();
    }

    /** Also forgets what is over and need not be told. */
    private Map<Tracked, Change> changes(Group group, Instant now) {
        var changes = new LinkedHashMap<Tracked, Change>();
        for (Iterator<Tracked> all = group.alerts.values().iterator(); all.hasNext(); ) {
            Tracked alert = all.next();
            Change change = change(alert, group.route, now);
            if (change != null) {
                changes.put(alert, change);
            } else if (!alert.isOpen()) {
                all.remove();
                tracked--;
                changed = true;
            }
        }
        return changes;
    }

    private @Nullable Change change(Tracked alert, Route route, Instant now) {
        Severity told = alert.told();
        if (told != null && !alert.isOpen()) {
            return route.cleared() ? Change.CLEARED : null;
        }
        if (!mayDisturb(alert, now)) {
            return null;
        }
        return told == null ? Change.RAISED : alert.severity().compareTo(told) < 0 ? Change.ESCALATED : null;
    }

    private boolean mayDisturb(Tracked alert, Instant now) {
        return !alert.acknowledged() && (shelvings.isEmpty() || !isShelved(alert, now));
    }

    private boolean isShelved(Tracked alert, Instant now) {
        String series = series(alert.rule(), alert.site(), alert.agent(), alert.device(), alert.metric());
        return shelvings.getOrDefault(series, 0L) > micros(now);
    }

    private Map<Tracked, Change> repeats(Group group, Instant now) {
        var repeats = new LinkedHashMap<Tracked, Change>();
        group.alerts.values().stream()
                .filter(alert -> alert.isOpen() && alert.told() != null && mayDisturb(alert, now))
                .forEach(alert -> repeats.put(alert, Change.REPEATED));
        return repeats;
    }

    private void tell(Group group, Map<Tracked, Change> changes, Instant now) {
        int open = (int) group.alerts.values().stream().filter(Tracked::isOpen).count();
        group.delivery = Delivery.of(notification(group, changes, open, now), now.toEpochMilli());
        for (Tracked alert : changes.keySet()) {
            if (alert.isOpen()) {
                group.alerts.put(alert.id(), alert.withTold());
            } else {
                group.alerts.remove(alert.id());
                tracked--;
            }
        }
        group.dueAtMillis = 0;
        group.toldAtMillis = now.toEpochMilli();
        group.leftOut = 0;
        changed = true;
    }

    private static Notification notification(Group group, Map<Tracked, Change> changes, int open, Instant now) {
        List<Tracked> sorted = changes.keySet().stream().sorted(GRAVEST).toList();
        boolean isOver = sorted.stream().noneMatch(Tracked::isOpen);
        String severity = sorted.stream()
                .filter(alert -> isOver || alert.isOpen())
                .findFirst()
                .map(alert -> alert.severity().label())
                .orElse("");
        return new Notification(
                Notification.VERSION,
                id(group, changes),
                group.key.channel(),
                group.key.route(),
                now.toString(),
                group.key.by(),
                Notification.subject(changes, severity, isOver, group.key.by()),
                severity,
                sorted.stream()
                        .limit(Notification.ALERTS_MAX)
                        .map(alert -> Item.of(alert, changes.getOrDefault(alert, Change.RAISED)))
                        .toList(),
                changes.size(),
                open,
                group.leftOut);
    }

    /**
     * Made of what is told, when it was to be told and when the group was told last. These are kept, so that deciding it
     * again comes to the same; and they differ when the same alert comes again, after rules were changed and changed back.
     */
    private static String id(Group group, Map<Tracked, Change> changes) {
        var name = new StringBuilder("%s\n%s\n%d\n%d"
                .formatted(group.key.channel(), group.key.route(), group.toldAtMillis, group.dueAtMillis));
        group.key
                .by()
                .forEach((label, value) ->
                        name.append('\n').append(label).append('=').append(value));
        changes.forEach((alert, change) -> name.append('\n')
                .append(alert.id())
                .append(change)
                .append(alert.severity())
                .append(alert.isOpen()));
        return UUID.nameUUIDFromBytes(name.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /** What a channel is to send next: what was not tried yet first, so that old trouble holds nothing up. */
    Optional<Delivery> next(String channel, Instant now) {
        long millis = now.toEpochMilli();
        return deliveries()
                .filter(d -> d.notification().channel().equals(channel))
                .filter(d -> isDue(d.retryAtMillis(), millis, RETRY_AFTER_MAX.toMillis()))
                .min(Comparator.comparing((Delivery d) -> d.attempts() > 0)
                        .thenComparingLong(d -> d.attempts() > 0 ? d.retryAtMillis() : d.createdMillis()));
    }

    /** Those that are on their way. */
    Stream<Delivery> deliveries() {
        return groups.values().stream().map(group -> group.delivery).flatMap(Stream::ofNullable);
    }

    /** It need not be sent again. */
    Optional<Delivery> done(String id) {
        return withDelivery(id, _ -> null);
    }

    /** It is to be sent again, not before that time. */
    Optional<Delivery> failed(String id, Instant retryAt, String why) {
        return withDelivery(id, delivery -> delivery.failed(retryAt.toEpochMilli(), why));
    }

    /** How often it failed so far. */
    int attempts(String id) {
        return deliveries()
                .filter(delivery -> delivery.notification().id().equals(id))
                .findFirst()
                .map(Delivery::attempts)
                .orElse(0);
    }

    private Optional<Delivery> withDelivery(String id, DeliveryChange next) {
        for (Group group : groups.values()) {
            Delivery delivery = group.delivery;
            if (delivery != null && delivery.notification().id().equals(id)) {
                group.delivery = next.of(delivery);
                changed = true;
                return Optional.of(delivery);
            }
        }
        return Optional.empty();
    }

    @FunctionalInterface
    private interface DeliveryChange {
        @Nullable
        Delivery of(Delivery delivery);
    }

    /** Alerts that were not tracked because there were too many. */
    long leftOut() {
        return leftOut;
    }

    /** Alerts in all groups. */
    int tracked() {
        return tracked;
    }

    private static String series(String... parts) {
        return String.join("\n", parts);
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000L + time.getNano() / 1_000;
    }
}
