package io.millrace.gateway.notify;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is told, once it is decided: never changes, however often it is sent. Its JSON is the body of a webhook, described in
 * docs/notifications.md; fields may be added.
 *
 * @param v version of the form
 * @param id the idempotency key: the same for each attempt, also after a restart
 * @param created RFC 3339, UTC
 * @param group what its alerts have in common, by label
 * @param severity of the gravest alert in it that is open, else of the gravest
 * @param alerts up to {@value #ALERTS_MAX}, the gravest first
 * @param alertsTotal those that are told, also without being listed
 * @param openTotal alerts of the group that are open now
 * @param leftOut alerts that could not be tracked since the notification before
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record Notification(
        int v,
        String id,
        String channel,
        String route,
        String created,
        Map<String, String> group,
        String subject,
        String severity,
        List<Item> alerts,
        int alertsTotal,
        int openTotal,
        int leftOut) {
    static final int VERSION = 1;
    static final int ALERTS_MAX = 100;

    static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /** What became of an alert. */
    enum Change {
        RAISED,
        /** Graver than told before. */
        ESCALATED,
        /** Still open, and nobody takes care. */
        REPEATED,
        CLEARED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param change raised, escalated, repeated or cleared
     * @param state open or cleared; one that was raised and is over already says so here
     * @param since RFC 3339, UTC
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Item(
            String id,
            String rule,
            String site,
            String agent,
            String device,
            String metric,
            String severity,
            String change,
            String state,
            @Nullable Double value,
            @Nullable Double threshold,
            String detail,
            String since,
            @Nullable String clearedAt) {
        static Item of(Tracked alert, Change change) {
            return new Item(
                    alert.id(),
                    alert.rule(),
                    alert.site(),
                    alert.agent(),
                    alert.device(),
                    alert.metric(),
                    alert.severity().label(),
                    change.label(),
                    alert.isOpen() ? "open" : "cleared",
                    alert.value(),
                    alert.threshold(),
                    alert.detail(),
                    text(alert.sinceMicros()),
                    alert.isOpen() ? null : text(alert.clearedMicros()));
        }

        private static String text(long micros) {
            return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
        }

        private String series() {
            return device.equals(agent)
                    ? "%s %s".formatted(device, metric)
                    : "%s / %s %s".formatted(agent, device, metric);
        }
    }

    /** For a person who tries a channel. */
    static Notification test(String id, String channel, Instant now) {
        return new Notification(
                VERSION,
                id,
                channel,
                "test",
                now.truncatedTo(ChronoUnit.MILLIS).toString(),
                Map.of(),
                "[test] Millrace can reach you by " + channel,
                "warning",
                List.of(),
                0,
                0,
                0);
    }

    /** One line; of several changes how many there are. */
    static String subject(Map<Tracked, Change> changes, String severity, boolean isOver, Map<String, String> group) {
        String mark = isOver ? "cleared" : severity;
        if (changes.size() == 1) {
            Map.Entry<Tracked, Change> only = changes.entrySet().iterator().next();
            Tracked a = only.getKey();
            return "[%s] %s%s: %s %s at %s"
                    .formatted(
                            mark,
                            a.rule(),
                            only.getValue() == Change.REPEATED ? " is still open" : "",
                            a.device(),
                            a.metric(),
                            a.site());
        }
        var counts = new TreeMap<Change, Integer>();
        changes.values().forEach(change -> counts.merge(change, 1, Integer::sum));
        return "[%s] %s: %s"
                .formatted(
                        mark,
                        counts.entrySet().stream()
                                .map(e -> e.getValue()
                                        + (e.getKey() == Change.REPEATED
                                                ? " still open"
                                                : " " + e.getKey().label()))
                                .collect(Collectors.joining(", ")),
                        group.isEmpty() ? "all alerts" : words(group));
    }

    byte[] json() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("notification %s has no JSON".formatted(id), e);
        }
    }

    /** For people. */
    String text() {
        var text = new StringBuilder();
        for (Item alert : alerts) {
            text.append("%s  %s  %s%n".formatted(alert.change.toUpperCase(Locale.ROOT), alert.severity, alert.rule))
                    .append("    %s, %s%n".formatted(alert.site, alert.series()))
                    .append("    %s%n".formatted(alert.detail))
                    .append("    since %s%s%n%n"
                            .formatted(alert.since, alert.clearedAt == null ? "" : ", over since " + alert.clearedAt));
        }
        if (alertsTotal > alerts.size()) {
            text.append("… and %d more%n%n".formatted(alertsTotal - alerts.size()));
        }
        if (leftOut > 0) {
            text.append(
                    "Too many alerts at once: %d could not be told one by one. See the page.%n%n".formatted(leftOut));
        }
        if (!alerts.isEmpty()) {
            text.append(
                    "%d open now in this group (%s).%n".formatted(openTotal, group.isEmpty() ? "all" : words(group)));
        } else {
            text.append("This is a test. Alerts will look like it and say what, where and since when.%n".formatted());
        }
        return text.append("Route %s, notification %s, %s%n".formatted(route, id, created))
                .toString();
    }

    private static String words(Map<String, String> group) {
        return group.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }
}
