package io.millrace.simulator.report;

import io.millrace.simulator.fault.Episode;
import java.util.Locale;

/** How text and numbers are written in the report's page. */
final class Html {
    private Html() {}

    /** Text that means itself, also within quotes. */
    static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** With thin spaces between thousands; without decimals if it is large. */
    static String number(double value) {
        if (value == Math.rint(value) || value >= 100) {
            return number(Math.round(value));
        }
        return String.format(Locale.ROOT, "%.1f", value);
    }

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', '\u202f');
    }

    /** A length of time in the unit in which it is easy to read. */
    static String millis(double millis) {
        if (millis < 1_000) {
            return number(millis) + " ms";
        }
        double seconds = millis / 1_000;
        return seconds < 120
                ? number(Math.rint(seconds * 10) / 10) + " s"
                : number(Math.rint(seconds / 6) / 10) + " min";
    }

    static String fault(Episode.Kind kind) {
        return switch (kind) {
            case DISCONNECT -> "connections cut";
            case OUTAGE -> "outage";
            case HALF_OPEN -> "half-open connections";
            case SLOW -> "slow links";
            case HERD -> "thundering herd";
        };
    }
}
