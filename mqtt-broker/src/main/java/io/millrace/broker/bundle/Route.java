package io.millrace.broker.bundle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages that go to the gateway in bundles. A bundle is published to {@code millrace-bundle/1/{route}/{count}}, where
 * count is that of its messages, and only to the session of that name, which the gateway opens.
 */
enum Route {
    /** Readings of plain devices. The session is persistent: it keeps them while the gateway is away. */
    PLAIN("plain", "millrace-gateway-plain-bundles", "millrace/v1/+/+/event/#"),

    /** Batches of agents. The session ends with its connection: then agents are told that nobody listens, and hold. */
    BATCH("batch", "millrace-gateway-batch-bundles", "millrace/v1/+/+/batch/+");

    /** How sessions of the gateway are named; what they subscribe to is no reason to publish one by one. */
    static final String GATEWAY = "millrace-gateway-";

    /** Who sends the gateway's receipts. */
    static final String RECEIPTS = GATEWAY + "receipts";

    /** What nobody but this extension publishes to. */
    static final String ALL_BUNDLES = "millrace-bundle/#";

    private static final String ROOT = "millrace/v1/";
    private static final String BUNDLES = "millrace-bundle/1/";

    private final String session;
    private final String pattern;
    private final String prefix;

    Route(String name, String session, String pattern) {
        this.session = session;
        this.pattern = pattern;
        this.prefix = BUNDLES + name + "/";
    }

    /** Client id of who takes the bundles. */
    String session() {
        return session;
    }

    String topic(int count) {
        return prefix + count;
    }

    /** How many readings a message to this topic stands for: a bundle's count, else 1. */
    static int messagesIn(String topic) {
        if (!topic.startsWith(BUNDLES)) {
            return 1;
        }
        try {
            return Integer.parseInt(topic.substring(topic.lastIndexOf('/') + 1));
        } catch (NumberFormatException e) {
            return 1;
        }
    }

    /** The route of a message with this topic, if it has one. */
    static @Nullable Route of(String topic) {
        if (!topic.startsWith(ROOT)) {
            return null;
        }
        int device = topic.indexOf('/', ROOT.length());
        int kind = device < 0 ? -1 : topic.indexOf('/', device + 1);
        if (kind < 0) {
            return null;
        }
        if (topic.startsWith("/event", kind) && (topic.length() == kind + 6 || topic.charAt(kind + 6) == '/')) {
            return PLAIN;
        }
        return topic.startsWith("/batch/", kind) && topic.indexOf('/', kind + 7) < 0 ? BATCH : null;
    }

    /** Whether a subscription with this filter might get messages of this route. */
    boolean isHeardBy(String filter) {
        return overlap(List.of(plain(filter).split("/", -1)), List.of(pattern.split("/", -1)));
    }

    private static boolean overlap(List<String> one, List<String> other) {
        int levels = Math.min(one.size(), other.size());
        for (int i = 0; i < levels; i++) {
            String a = one.get(i);
            String b = other.get(i);
            if (a.equals("#") || b.equals("#")) {
                return true;
            }
            if (!a.equals(b) && !a.equals("+") && !b.equals("+")) {
                return false;
            }
        }
        return one.size() == other.size() || isAnyDepth(one, levels) || isAnyDepth(other, levels);
    }

    /** Whether the rest from that level is {@code #}, which also means nothing at all. */
    private static boolean isAnyDepth(List<String> filter, int level) {
        return filter.size() > level && filter.get(level).equals("#");
    }

    /** Without the {@code $share/group/} of a shared subscription. */
    private static String plain(String filter) {
        return filter.startsWith("$share/") ? filter.substring(filter.indexOf('/', 7) + 1) : filter;
    }
}
