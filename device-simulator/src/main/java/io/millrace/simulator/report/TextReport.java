package io.millrace.simulator.report;

import io.millrace.simulator.run.Delays;
import io.millrace.simulator.run.Outcome;
import io.millrace.simulator.run.ProofLostException;
import io.millrace.simulator.verify.Findings;
import io.millrace.simulator.verify.Findings.Kind;
import io.millrace.simulator.verify.Findings.Where;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The outcome for people. */
public final class TextReport {
    private TextReport() {}

    public static String of(Outcome outcome) {
        return figures(outcome).append(verdict(outcome)).append('\n').toString();
    }

    /** What is known of a run whose proof was lost. */
    public static String of(ProofLostException lost) {
        StringBuilder text = figures(lost.known());
        if (lost.delivered() != null) {
            line(text, "delivered %d until then", lost.delivered());
        }
        return text.append("NOT PROVED\n").toString();
    }

    private static StringBuilder figures(Outcome outcome) {
        var text = new StringBuilder();
        line(
                text,
                "produced %d, acknowledged %d, %.0f events/s, seed %d, site %s",
                outcome.produced(),
                outcome.acknowledged(),
                outcome.ratePerSecond(),
                outcome.played().seed(),
                outcome.played().site());
        delays(text, "to receipt", outcome.receipt());
        Findings findings = outcome.findings();
        boolean subscribed = findings != null && findings.where() == Where.SUBSCRIBER;
        delays(text, subscribed ? "delivered " : "to SQL    ", outcome.visible());
        delays(text, "to alert  ", outcome.alert());
        if (outcome.connectionsLost() > 0 || outcome.refused() > 0) {
            line(
                    text,
                    "connections lost %d, messages refused %d; the last: %s",
                    outcome.connectionsLost(),
                    outcome.refused(),
                    outcome.lastError());
        }
        if (!outcome.faults().isEmpty()) {
            line(text, "faults injected %s", outcome.faults());
        }
        long unanswered = outcome.faults().getOrDefault("garbage", 0L) - outcome.garbageTaken();
        if (unanswered > 0) {
            line(
                    text,
                    "of the garbage %d had no answer before their connection ended: nobody knows whether they are dead letters",
                    unanswered);
        }
        if (findings != null) {
            findings(text, findings);
        }
        return text;
    }

    private static void findings(StringBuilder text, Findings findings) {
        boolean subscribed = findings.where() == Where.SUBSCRIBER;
        line(
                text,
                "%s %d, missing %d, duplicated %d, wrong %d, %s %d",
                subscribed ? "delivered" : "stored",
                findings.storedCount(),
                findings.count(Kind.MISSING),
                findings.count(Kind.DUPLICATED),
                findings.count(Kind.WRONG),
                subscribed ? "out of order" : "dead letters",
                subscribed ? findings.count(Kind.OUT_OF_ORDER) : findings.deadLetters());
        for (Kind kind : Kind.values()) {
            String name = kind.name().toLowerCase(Locale.ROOT);
            findings.first(kind).forEach(event -> line(text, "  %s: %s", name, event));
            long more = findings.count(kind) - findings.first(kind).size();
            if (more > 0) {
                line(text, "  %s: and %d more", name, more);
            }
        }
    }

    private static String verdict(Outcome outcome) {
        if (!outcome.ok()) {
            return "NOT OK: " + String.join("; ", outcome.reasons());
        }
        String ended = outcome.interrupted() ? ", ended before its time" : "";
        Findings findings = outcome.findings();
        String what = findings == null
                ? "ok, not compared with the store"
                : findings.where() == Where.STORE ? "ok, all is stored once" : "ok, all was delivered once";
        return what + ended;
    }

    private static void delays(StringBuilder text, String to, @Nullable Delays delays) {
        if (delays != null) {
            line(text, "%s p50 %.1f ms, p99 %.1f ms, max %.1f ms", to, delays.p50(), delays.p99(), delays.max());
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is not among our dependencies
    private static void line(StringBuilder text, String format, @Nullable Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
