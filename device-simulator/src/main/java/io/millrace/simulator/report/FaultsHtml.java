package io.millrace.simulator.report;

import io.millrace.simulator.fault.Episode;
import io.millrace.simulator.run.Outcome;
import io.millrace.simulator.run.Struck;
import io.millrace.simulator.verify.Findings;
import java.util.List;
import java.util.Locale;

/** What went wrong on purpose, when, and what it did. */
final class FaultsHtml {
    private static final int ROWS_MAX = 50;
    private static final int BARS_MAX = 2_000;

    private final Outcome outcome;
    private final double lastSecond;

    /** @param lastSecond where the axis of time ends */
    FaultsHtml(Outcome outcome, double lastSecond) {
        this.outcome = outcome;
        this.lastSecond = lastSecond;
    }

    /** A lane for each kind, over the same seconds as the curves. */
    String lanes() {
        if (outcome.episodes().isEmpty()) {
            return "";
        }
        var html = new StringBuilder("<figure><figcaption>Faults <small>on connections; the stronger, the more of them"
                + "</small></figcaption><div class=\"lanes\">");
        for (Episode.Kind kind : Episode.Kind.values()) {
            List<Struck> ofKind = outcome.episodes().stream()
                    .filter(struck -> struck.episode().kind() == kind)
                    .toList();
            if (!ofKind.isEmpty()) {
                html.append("<div class=\"lane\"><span>%s</span>".formatted(Html.fault(kind)));
                ofKind.stream().limit(BARS_MAX).forEach(struck -> bar(html, struck));
                html.append("</div>");
            }
        }
        return html.append("</div>")
                .append(Chart.axis(lastSecond))
                .append("</figure>\n")
                .toString();
    }

    private void bar(StringBuilder html, Struck struck) {
        double from = Math.min(1, struck.episode().atMicros() / 1e6 / lastSecond);
        double to = Math.min(1, from + struck.episode().lengthMicros() / 1e6 / lastSecond);
        html.append(String.format(
                Locale.ROOT,
                "<i style=\"left:%.2f%%;width:%.2f%%;opacity:%.2f\" title=\"%s connections\"></i>",
                100 * from,
                100 * (to - from),
                0.35 + 0.65 * struck.episode().share(),
                Html.number(struck.connections())));
    }

    String tables() {
        var html = new StringBuilder("<h2>What went wrong on purpose</h2>\n");
        boolean any = !outcome.episodes().isEmpty() || !outcome.faults().isEmpty() || clocks();
        if (!any) {
            html.append("<p>Nothing: no faults were injected.</p>\n");
        }
        if (!outcome.episodes().isEmpty()) {
            episodes(html);
        }
        messages(html);
        if (clocks()) {
            html.append("<p>The clocks of some units were off or drifted: their events bear the times of these"
                    + " clocks.</p>\n");
        }
        if (outcome.connectionsLost() > 0 || outcome.refused() > 0) {
            html.append("<p>In all, connections were lost or could not be made %s times, and the broker refused %s"
                            .formatted(Html.number(outcome.connectionsLost()), Html.number(outcome.refused()))
                    + " messages, which were sent again.%s</p>\n"
                            .formatted(
                                    outcome.lastError().isEmpty()
                                            ? ""
                                            : " The last trouble: " + Html.text(outcome.lastError()) + "."));
        }
        return html.toString();
    }

    private boolean clocks() {
        return outcome.played().fleets().stream().anyMatch(group -> group.clocksWrong());
    }

    private void episodes(StringBuilder html) {
        html.append("<div class=\"wide\"><table><thead><tr><th>fault</th><th>at</th><th>for</th>"
                + "<th>connections</th><th>most waiting</th><th>longest delay</th><th>well again after</th></tr>"
                + "</thead><tbody>\n");
        for (Struck struck : outcome.episodes().stream().limit(ROWS_MAX).toList()) {
            Episode episode = struck.episode();
            Effect effect = Effect.of(struck, outcome);
            html.append("<tr><td>%s</td><td>%s s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                    .formatted(
                            Html.fault(episode.kind()) + detail(episode),
                            Html.number(episode.atMicros() / 1e6),
                            episode.lengthMicros() == 0 ? "a moment" : Html.millis(episode.lengthMicros() / 1e3),
                            Html.number(struck.connections()),
                            Html.number(effect.waitingMost()),
                            Html.millis(effect.longestMillis()),
                            effect.normalAfterSeconds() < 0
                                    ? "not by the end"
                                    : Html.number(Math.ceil(effect.normalAfterSeconds())) + " s"));
        }
        html.append("</tbody></table></div>\n");
        int more = outcome.episodes().size() - ROWS_MAX;
        if (more > 0) {
            html.append("<p class=\"note\">And %s more.</p>\n".formatted(Html.number(more)));
        }
        html.append("<p class=\"note\">Until all was well again: how many events waited at most for their"
                + " acknowledgement, and the longest delay. All is well when as many are connected as ever before, and a"
                + " second's events wait at most beyond those that did before. Faults that follow each other closely share"
                + " what they did.</p>\n");
    }

    private static String detail(Episode episode) {
        return episode.kind() != Episode.Kind.SLOW
                ? ""
                : " <small>%s bytes/s, %s ms each way</small>"
                        .formatted(Html.number(episode.bytesPerSecond()), Html.number(episode.latencyMillis()));
    }

    private void messages(StringBuilder html) {
        Findings findings = outcome.findings();
        long duplicates = outcome.faults().getOrDefault("duplicate", 0L);
        long reordered = outcome.faults().getOrDefault("reorder", 0L);
        long garbage = outcome.faults().getOrDefault("garbage", 0L);
        if (duplicates + reordered + garbage == 0) {
            return;
        }
        html.append(
                "<div class=\"wide\"><table><thead><tr><th>messages</th><th>times</th><th class=\"text\">what became of them</th>"
                        + "</tr></thead><tbody>\n");
        row(
                html,
                "sent twice",
                duplicates,
                findings == null
                        ? "not looked at"
                        : "events stored twice, in all: %s"
                                .formatted(Html.number(findings.count(Findings.Kind.DUPLICATED))));
        row(
                html,
                "held back, overtaken by later ones",
                reordered,
                findings == null
                        ? "not looked at"
                        : "events missing, in all: %s".formatted(Html.number(findings.count(Findings.Kind.MISSING))));
        row(
                html,
                "garbage that nobody can read",
                garbage,
                "the broker took %s%s"
                        .formatted(
                                Html.number(outcome.garbageTaken()),
                                findings == null
                                        ? ""
                                        : "; %s dead letters".formatted(Html.number(findings.deadLetters()))));
        html.append("</tbody></table></div>\n");
    }

    private static void row(StringBuilder html, String what, long times, String then) {
        if (times > 0) {
            html.append("<tr><td>%s</td><td>%s</td><td class=\"text\">%s</td></tr>\n"
                    .formatted(what, Html.number(times), then));
        }
    }
}
