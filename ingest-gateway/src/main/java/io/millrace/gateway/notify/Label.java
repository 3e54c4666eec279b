package io.millrace.gateway.notify;

import java.util.Locale;

/** What alerts can be told apart and put together by. */
enum Label {
    RULE,
    SITE,
    AGENT,
    DEVICE,
    METRIC;

    /** As the file and notifications write it. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    String of(Tracked alert) {
        return switch (this) {
            case RULE -> alert.rule();
            case SITE -> alert.site();
            case AGENT -> alert.agent();
            case DEVICE -> alert.device();
            case METRIC -> alert.metric();
        };
    }
}
