package io.millrace.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The MQTT topics of Millrace, version 1.
 *
 * <pre>
 * millrace/v1/{site}/{agent}/batch/{lane}      agent to gateway: a wire message (docs/formats/wire.md)
 * millrace/v1/{site}/{agent}/receipt/{lane}    gateway to agent: what is durable
 * millrace/v1/{site}/{agent}/status            agent to gateway, retained, last will
 * millrace/v1/{site}/{device}/event/{metric}   plain device to gateway: one reading
 * </pre>
 */
public final class Topics {
    private static final String ROOT = "millrace/v1/";

    private Topics() {}

    public static String batch(String site, String agent, String lane) {
        return ROOT + site + "/" + agent + "/batch/" + lane;
    }

    public static String receipt(String site, String agent, String lane) {
        return ROOT + site + "/" + agent + "/receipt/" + lane;
    }

    public static String status(String site, String agent) {
        return ROOT + site + "/" + agent + "/status";
    }

    public static String plainEvent(String site, String device, String metric) {
        return ROOT + site + "/" + device + "/event/" + metric;
    }

    /** What a topic addresses. */
    public sealed interface Topic {
        record Batch(String site, String agent, String lane) implements Topic {}

        record Receipt(String site, String agent, String lane) implements Topic {}

        record Status(String site, String agent) implements Topic {}

        record PlainEvent(String site, String device, String metric) implements Topic {}
    }

    /** The topic's meaning, or null if it is none of ours or holds a name that {@link Names} refuses. */
    public static @Nullable Topic parse(String topic) {
        if (!topic.startsWith(ROOT)) {
            return null;
        }
        List<String> levels = List.of(topic.substring(ROOT.length()).split("/", -1));
        if (levels.size() < 3 || levels.size() > 4 || !levels.stream().allMatch(Topics::isName)) {
            return null;
        }
        String site = levels.get(0);
        String source = levels.get(1);
        String kind = levels.get(2);
        if (levels.size() == 3) {
            return kind.equals("status") ? new Topic.Status(site, source) : null;
        }
        String last = levels.get(3);
        return switch (kind) {
            case "batch" -> new Topic.Batch(site, source, last);
            case "receipt" -> new Topic.Receipt(site, source, last);
            case "event" -> new Topic.PlainEvent(site, source, last);
            default -> null;
        };
    }

    private static boolean isName(String level) {
        try {
            Names.check("topic level", level);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
