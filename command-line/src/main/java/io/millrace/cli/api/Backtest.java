package io.millrace.cli.api;

import io.millrace.cli.CommandException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Has rules tried on what is logged, and shows when they would have fired. */
public final class Backtest {
    private final GatewayClient gateway;
    private final PrintStream out;
    private final boolean json;

    /**
     * @param out gets the answer
     * @param json as the gateway gave it, one object
     */
    public Backtest(GatewayClient gateway, PrintStream out, boolean json) {
        this.gateway = gateway;
        this.out = out;
        this.json = json;
    }

    /**
     * @param rules the file's content
     * @return whether all of it fitted the limits of a backtest; else alerts may be missing
     * @throws CommandException if the rules are wrong, or the gateway cannot do it now
     */
    public boolean run(Filter filter, byte[] rules) throws CommandException, InterruptedException {
        String text = gateway.post("rules/backtest" + filter.query(), rules);
        var answer = Answer.of(text);
        boolean complete = !Boolean.TRUE.equals(answer.fields().get("incomplete"));
        if (json) {
            out.println(text.strip());
            return complete;
        }
        for (Map<?, ?> alert : answer.maps("alerts")) {
            alert(alert);
        }
        out.printf(
                "%s%d log entries with %d readings since %s%n",
                answer.maps("alerts").isEmpty() ? "" : "\n",
                answer.number("entries"),
                answer.number("events"),
                answer.text("warm_up"));
        answer.maps("rules").forEach(this::rule);
        if (answer.fields().get("changes") instanceof Map<?, ?> changes) {
            out.printf(
                    "compared with what fired: %s same, %s new, %s gone, %s earlier, %s later%n",
                    changes.get("same"),
                    changes.get("new"),
                    changes.get("gone"),
                    changes.get("earlier"),
                    changes.get("later"));
        }
        if (answer.number("alerts_left_out") > 0) {
            out.printf("and %d alerts more; choose a shorter time%n", answer.number("alerts_left_out"));
        }
        if (!complete) {
            out.println(
                    "NOT COMPLETE: series, windows or alerts did not fit the limits of a backtest; match fewer series");
        }
        return complete;
    }

    private void alert(Map<?, ?> alert) {
        Object raised = alert.get("raised");
        out.printf(
                "%s … %s  %-8s %s  %s/%s/%s+%s  %s%s%s%n",
                raised == null ? alert.get("fired_at") : raised,
                raised == null ? "gone" : alert.get("cleared") == null ? "open" : alert.get("cleared"),
                alert.get("severity"),
                alert.get("rule"),
                alert.get("site"),
                alert.get("agent"),
                alert.get("device"),
                alert.get("metric"),
                alert.get("detail"),
                Boolean.TRUE.equals(alert.get("retroactive")) ? " (retroactive)" : "",
                change(alert.get("change"), alert.get("fired_at")));
    }

    private static String change(@Nullable Object change, @Nullable Object firedAt) {
        if (change == null) {
            return "";
        }
        boolean moved = change.equals("earlier") || change.equals("later");
        return " [%s%s]".formatted(change, moved ? ", fired at " + firedAt : "");
    }

    private void rule(Map<?, ?> rule) {
        long seconds = Math.round(number(rule, "in_alarm_seconds"));
        out.printf(
                Locale.ROOT,
                "%s: alerts %.0f (%.0f retroactive), %.2f a day, in alarm %s%n",
                rule.get("rule"),
                number(rule, "alerts"),
                number(rule, "retroactive"),
                number(rule, "per_day"),
                span(Duration.ofSeconds(seconds)));
    }

    private static String span(Duration d) {
        return d.toHours() > 0
                ? "%d h %d min".formatted(d.toHours(), d.toMinutesPart())
                : d.toMinutes() > 0 ? "%d min %d s".formatted(d.toMinutes(), d.toSecondsPart()) : d.toSeconds() + " s";
    }

    private static double number(Map<?, ?> map, String key) {
        return map.get(key) instanceof Number number ? number.doubleValue() : 0;
    }
}
