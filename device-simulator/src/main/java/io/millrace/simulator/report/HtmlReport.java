package io.millrace.simulator.report;

import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.run.Delays;
import io.millrace.simulator.run.Outcome;
import io.millrace.simulator.run.Played;
import io.millrace.simulator.run.Sample;
import io.millrace.simulator.verify.Findings;
import io.millrace.simulator.verify.Findings.Kind;
import io.millrace.simulator.verify.Findings.Where;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The outcome as one page that needs nothing else: to be sent to a colleague. */
public final class HtmlReport {
    private static final String NOT_MEASURED = "–";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Outcome outcome;
    private final List<Sample> samples;
    private final double[] seconds;
    private final StringBuilder page = new StringBuilder();

    private HtmlReport(Outcome outcome) {
        this.outcome = outcome;
        this.samples = untilTheLast(outcome.samples());
        this.seconds = values(Sample::atSeconds);
    }

    public static String of(Outcome outcome) {
        return new HtmlReport(outcome).html();
    }

    /** Without the seconds at the end in which nothing happened any more. */
    private static List<Sample> untilTheLast(List<Sample> samples) {
        int end = samples.size();
        while (end > 1 && samples.get(end - 1).sent() + samples.get(end - 1).acknowledged() == 0) {
            end--;
        }
        return samples.subList(0, end);
    }

    private String html() {
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<title>%s: Millrace simulation of %s</title><style>\n"
                        .formatted(
                                outcome.ok() ? "ok" : "NOT OK",
                                Html.text(outcome.played().site())))
                .append(style())
                .append("</style></head><body><main>\n");
        var faults = new FaultsHtml(outcome, Chart.lastSecond(seconds));
        head();
        figures();
        named();
        page.append("<h2>Over time</h2>\n").append(faults.lanes());
        charts();
        delays();
        page.append(faults.tables());
        return page.append("<footer>Made by <code>./millrace simulate</code>. Seconds count from the beginning; delays")
                .append(" count from the time at which an event was due, so a sender that was held up hides none.")
                .append("</footer></main></body></html>\n")
                .toString();
    }

    private static String style() {
        try (InputStream in = Objects.requireNonNull(HtmlReport.class.getResourceAsStream("report.css"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("report.css in the simulator's jar cannot be read; build it again", e);
        }
    }

    private void head() {
        page.append("<h1 class=\"verdict %s\">%s</h1>\n".formatted(outcome.ok() ? "ok" : "bad", verdict()));
        if (!outcome.ok()) {
            page.append("<ul class=\"reasons\">\n");
            outcome.reasons().forEach(reason -> page.append("<li>%s</li>\n".formatted(Html.text(reason))));
            page.append("</ul>\n");
        }
        Played played = outcome.played();
        page.append("<p>%s, for %s%s, at site <code>%s</code> with seed <code>%d</code>. Began %s.</p>\n"
                .formatted(
                        played.fleets().stream().map(HtmlReport::group).collect(Collectors.joining(", ")),
                        Html.millis(played.seconds() * 1e3),
                        outcome.interrupted() ? " (ended before its time)" : "",
                        Html.text(played.site()),
                        played.seed(),
                        TIME.format(outcome.began())));
        if (played.part().count() > 1) {
            page.append("<p>This is part %s of it; <code>--merge</code> makes one report of all parts.</p>\n"
                    .formatted(played.part()));
        }
        if (outcome.findings() == null) {
            page.append("<p class=\"note\">What is stored was not looked at; <code>--verify</code> does.</p>\n");
        }
    }

    private String verdict() {
        String every = outcome.ok() ? "Every event is " : "Not every event is ";
        return every + (outcome.findings() == null ? "acknowledged" : stored() + " once, as produced");
    }

    /** Where no store of ours was asked, a subscriber was. */
    private String stored() {
        return isSubscribed() ? "delivered" : "stored";
    }

    private boolean isSubscribed() {
        Findings findings = outcome.findings();
        return findings != null && findings.where() == Where.SUBSCRIBER;
    }

    private static String group(Played.Group group) {
        boolean plain = group.transport() == Transport.PLAIN;
        return "%s %s <b>%s</b>%s"
                .formatted(
                        Html.number(group.units()),
                        plain ? "devices" : "agents",
                        Html.text(group.name()),
                        plain ? "" : " with %s devices each".formatted(Html.number(group.devices())));
    }

    private void figures() {
        Findings findings = outcome.findings();
        page.append("<dl class=\"figures\">\n");
        figure("produced", Html.number(outcome.produced()), true);
        figure(
                "acknowledged",
                Html.number(outcome.acknowledged()),
                outcome.interrupted() || outcome.acknowledged() == outcome.produced());
        figure(
                stored(),
                findings == null ? NOT_MEASURED : Html.number(findings.storedCount()),
                findings == null || findings.storedCount() == outcome.produced());
        for (Kind kind : (findings == null ? Where.STORE : findings.where()).kinds()) {
            long count = findings == null ? 0 : findings.count(kind);
            figure(name(kind), findings == null ? NOT_MEASURED : Html.number(count), count == 0);
        }
        figure("events/s", Html.number(Math.rint(outcome.ratePerSecond())), true);
        page.append("</dl>\n");
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private void figure(String name, String value, boolean good) {
        String classes = (good ? "" : "bad") + (value.equals(NOT_MEASURED) ? " none" : "");
        page.append("<div class=\"%s\"><dt>%s</dt><dd>%s</dd></div>\n".formatted(classes, name, value));
    }

    private void charts() {
        page.append(chart().curve("sent", "a", values(Sample::sent))
                .curve("acknowledged", "b", values(Sample::acknowledged))
                .linear("Rate", "events a second"));
        page.append(chart().curve(
                        "sent, not acknowledged",
                        "a",
                        Arrays.stream(Effect.waiting(samples)).asDoubleStream().toArray())
                .linear("Waiting", "events"));
        page.append(chart().curve("half within", "a", delayed(Sample::receiptP50Millis))
                .curve("99 % within", "b", delayed(Sample::receiptP99Millis))
                .curve("longest", "c", delayed(Sample::receiptMaxMillis))
                .logarithmic("Delay to the receipt", "of what was acknowledged in that second"));
        if (samples.stream().anyMatch(sample -> sample.visibleMaxMillis() > 0)) {
            page.append(chart().curve("longest", "c", values(HtmlReport::shown))
                    .logarithmic("Delay until SQL shows it", "of some units, of what was seen first in that second"));
        }
        page.append(chart().curve("connected", "a", values(Sample::connected))
                .curve("lost or not made in that second", "c", values(Sample::connectionsLost))
                .linear("Connections", ""));
        if (!outcome.episodes().isEmpty()) {
            page.append("<p class=\"note\">The shaded times are those of the faults.</p>\n");
        }
    }

    private Chart chart() {
        return new Chart(seconds, outcome.episodes());
    }

    private double[] values(ToDoubleFunction<Sample> of) {
        return samples.stream().mapToDouble(of).toArray();
    }

    /** Nothing where nothing was acknowledged. */
    private double[] delayed(ToDoubleFunction<Sample> of) {
        return values(sample -> sample.acknowledged() == 0 ? Double.NaN : of.applyAsDouble(sample));
    }

    private static double shown(Sample sample) {
        return sample.visibleMaxMillis() == 0 ? Double.NaN : sample.visibleMaxMillis();
    }

    private void delays() {
        page.append("<h2>Delays</h2><div class=\"wide\"><table><thead><tr><th>from the time an event was due</th>")
                .append(
                        "<th>half within</th><th>99 % within</th><th>longest</th><th>events</th></tr></thead><tbody>\n");
        delay("to its acknowledgement or receipt", outcome.receipt());
        delay(isSubscribed() ? "until a subscriber has it" : "until SQL shows it, of some units", outcome.visible());
        if (outcome.alert() != null) {
            delay("until the gateway shows the alert that it raised", outcome.alert());
        }
        page.append("</tbody></table></div>\n");
    }

    private void delay(String name, @Nullable Delays delays) {
        if (delays != null && delays.count() > 0) {
            page.append("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                    .formatted(
                            name,
                            Html.millis(delays.p50()),
                            Html.millis(delays.p99()),
                            Html.millis(delays.max()),
                            Html.number(delays.count())));
        } else {
            page.append("<tr><td>%s</td><td colspan=\"4\">%s</td></tr>\n"
                    .formatted(name, delays == null ? "not looked at" : "no event came that far"));
        }
    }

    private void named() {
        Findings findings = outcome.findings();
        if (findings == null || findings.isClean()) {
            return;
        }
        page.append("<h2>Which events</h2>\n");
        for (Kind kind : Kind.values()) {
            List<String> first = findings.first(kind);
            if (!first.isEmpty()) {
                page.append("<h3>%s</h3><ul class=\"events\">\n".formatted(name(kind)));
                first.forEach(event -> page.append("<li><code>%s</code></li>\n".formatted(Html.text(event))));
                long more = findings.count(kind) - first.size();
                page.append(more > 0 ? "<li>and %s more</li></ul>\n".formatted(Html.number(more)) : "</ul>\n");
            }
        }
    }
}
