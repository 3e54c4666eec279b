package io.millrace.simulator.report;

import io.millrace.simulator.fault.Episode;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.run.Outcome;
import io.millrace.simulator.run.Outcome.Delays;
import io.millrace.simulator.run.Sample;
import io.millrace.simulator.verify.Findings;
import io.millrace.simulator.verify.Findings.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The outcome as one page that needs nothing else: to be sent to a colleague. */
public final class HtmlReport {
    private static final String NOT_MEASURED = "not compared";

    private HtmlReport() {}

    public static String of(Outcome outcome) {
        var page = new StringBuilder();
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<title>Millrace simulation, seed ")
                .append(outcome.population().seed())
                .append("</title><style>\n")
                .append(style())
                .append("</style></head><body><main>\n");
        head(page, outcome);
        figures(page, outcome);
        charts(page, outcome);
        delays(page, outcome);
        faults(page, outcome);
        named(page, outcome.findings());
        return page.append("</main></body></html>\n").toString();
    }

    private static String style() {
        try (InputStream in = Objects.requireNonNull(HtmlReport.class.getResourceAsStream("report.css"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("report.css in the simulator's jar cannot be read; build it again", e);
        }
    }

    private static void head(StringBuilder page, Outcome outcome) {
        boolean compared = outcome.findings() != null;
        String verdict = !outcome.ok()
                ? "Not everything is stored once and as produced"
                : compared ? "Every event is stored once, as produced" : "Every event is acknowledged";
        page.append("<h1><span class=\"verdict %s\">%s</span></h1>\n"
                .formatted(outcome.ok() ? "ok" : "bad", Html.text(verdict)));
        var fleets = new StringBuilder();
        for (Fleet fleet : outcome.population().fleets()) {
            fleets.append(fleets.isEmpty() ? "" : ", ")
                    .append(Html.number(outcome.population().unitsOf(fleet).length))
                    .append(fleet.transport() == Fleet.Transport.PLAIN ? " devices " : " agents ")
                    .append(Html.text(fleet.name()));
        }
        page.append("<p>%s, for %s s%s. Began %s. Site <code>%s</code>, seed <code>%d</code>.</p>\n"
                .formatted(
                        fleets,
                        Html.number(outcome.population().horizonMicros() / 1e6),
                        outcome.interrupted() ? ", ended before its time" : "",
                        outcome.began().truncatedTo(ChronoUnit.SECONDS),
                        Html.text(outcome.population().site()),
                        outcome.population().seed()));
    }

    private static void figures(StringBuilder page, Outcome outcome) {
        Findings findings = outcome.findings();
        page.append("<dl class=\"figures\">\n");
        figure(page, "produced", Html.number(outcome.produced()), true);
        figure(page, "acknowledged", Html.number(outcome.acknowledged()), outcome.acknowledged() == outcome.produced());
        figure(
                page,
                "stored",
                findings == null ? NOT_MEASURED : Html.number(findings.storedCount()),
                findings == null || findings.storedCount() == outcome.produced());
        for (Kind kind : Kind.values()) {
            long count = findings == null ? 0 : findings.count(kind);
            figure(
                    page,
                    kind.name().toLowerCase(Locale.ROOT),
                    findings == null ? NOT_MEASURED : Html.number(count),
                    count == 0);
        }
        figure(page, "events a second", Html.number(outcome.ratePerSecond()), true);
        page.append("</dl>\n");
    }

    private static void figure(StringBuilder page, String name, String value, boolean good) {
        page.append("<div class=\"%s\"><dt>%s</dt><dd>%s</dd></div>\n".formatted(good ? "" : "bad", name, value));
    }

    private static void charts(StringBuilder page, Outcome outcome) {
        List<Sample> samples = outcome.samples();
        List<Episode> episodes = outcome.episodes();
        double[] seconds = values(samples, Sample::atSeconds);
        page.append(new Chart(seconds, episodes)
                .curve("sent", "a", values(samples, Sample::sent))
                .curve("acknowledged", "b", values(samples, Sample::acknowledged))
                .html("Rate", "events a second"));
        page.append(new Chart(seconds, episodes)
                .curve("half of the events within", "a", values(samples, Sample::receiptP50Millis))
                .curve("99 % within", "b", values(samples, Sample::receiptP99Millis))
                .html("Delay from the intended time to the receipt", "ms, of what was acknowledged in that second"));
        page.append(new Chart(seconds, episodes)
                .curve("connected", "a", values(samples, Sample::connected))
                .curve("lost in that second", "c", values(samples, Sample::connectionsLost))
                .html("Connections", ""));
        if (!episodes.isEmpty()) {
            page.append("<p class=\"note\">The shaded times are those of faults that were injected.</p>\n");
        }
    }

    private static double[] values(List<Sample> samples, ToDoubleFunction<Sample> of) {
        return samples.stream().mapToDouble(of).toArray();
    }

    private static void delays(StringBuilder page, Outcome outcome) {
        page.append("<h2>Delays</h2><table><tr><th>from the intended time of an event</th><th>half within</th>")
                .append("<th>99 % within</th><th>longest</th><th>events</th></tr>\n");
        delay(page, "to its acknowledgement or receipt", outcome.receipt());
        delay(page, "until SQL shows it", outcome.visible());
        page.append("</table>\n");
    }

    private static void delay(StringBuilder page, String name, @Nullable Delays delays) {
        if (delays != null) {
            page.append("<tr><td>%s</td><td>%s ms</td><td>%s ms</td><td>%s ms</td><td>%s</td></tr>\n"
                    .formatted(
                            name,
                            Html.number(delays.p50()),
                            Html.number(delays.p99()),
                            Html.number(delays.max()),
                            Html.number(delays.count())));
        }
    }

    private static void faults(StringBuilder page, Outcome outcome) {
        Findings findings = outcome.findings();
        if (outcome.faults().isEmpty() && outcome.connectionsLost() == 0 && outcome.refused() == 0) {
            return;
        }
        page.append("<h2>What went wrong</h2><table><tr><th>on purpose</th><th>times</th></tr>\n");
        for (Map.Entry<String, Long> fault : outcome.faults().entrySet()) {
            page.append("<tr><td>%s</td><td>%s</td></tr>\n"
                    .formatted(Html.text(fault.getKey().replace('_', ' ')), Html.number(fault.getValue())));
        }
        page.append("<tr><th>as a consequence</th><th></th></tr>\n");
        page.append(
                "<tr><td>connections lost</td><td>%s</td></tr>\n".formatted(Html.number(outcome.connectionsLost())));
        page.append("<tr><td>messages refused by the broker, sent again</td><td>%s</td></tr>\n"
                .formatted(Html.number(outcome.refused())));
        if (findings != null) {
            page.append("<tr><td>dead letters</td><td>%s</td></tr>\n".formatted(Html.number(findings.deadLetters())));
        }
        page.append("</table>\n");
    }

    private static void named(StringBuilder page, @Nullable Findings findings) {
        if (findings == null || findings.isClean()) {
            return;
        }
        page.append("<h2>The first of each kind</h2>\n");
        for (Kind kind : Kind.values()) {
            if (!findings.first(kind).isEmpty()) {
                page.append("<h3>%s</h3><ul>\n".formatted(kind.name().toLowerCase(Locale.ROOT)));
                findings.first(kind)
                        .forEach(event -> page.append("<li><code>%s</code></li>\n".formatted(Html.text(event))));
                page.append("</ul>\n");
            }
        }
    }
}
