package io.millrace.simulator.report;

import io.millrace.simulator.run.Struck;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Curves over the seconds of a run, with the times of faults behind them. Lines are SVG that stretches with the page;
 * labels are text beside it, which does not.
 */
final class Chart {
    private static final int POINTS_MAX = 800;
    private static final int LINES = 4;
    private static final int TICKS = 8;
    private static final int BANDS_MAX = 500;

    /** Between two labels of the axis of time; beyond, powers of ten. */
    private static final long[] STEPS_SECONDS = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600};

    /** Of a delay's axis: powers of ten from 1 ms. */
    private static final String[] MILLIS = {"1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s", "1000 s", "10000 s"};

    private final double[] seconds;
    private final double lastSecond;
    private final List<Struck> episodes;
    private final List<Curve> curves = new ArrayList<>();

    /**
     * @param style class of the line: {@code a}, {@code b} or {@code c}
     * @param values not a number where there is none
     */
    private record Curve(String name, String style, double[] values) {}

    /** @param seconds of each point, ascending */
    Chart(double[] seconds, List<Struck> episodes) {
        this.seconds = seconds.clone();
        this.lastSecond = lastSecond(seconds);
        this.episodes = episodes;
    }

    /** Where the axis of time ends. */
    static double lastSecond(double[] seconds) {
        return Math.max(1, seconds.length == 0 ? 1 : seconds[seconds.length - 1]);
    }

    Chart curve(String name, String style, double[] values) {
        curves.add(new Curve(name, style, values));
        return this;
    }

    /** On an axis from 0. */
    String linear(String title, String unit) {
        double top = nice(Math.max(LINES, most()));
        List<String> labels = new ArrayList<>();
        for (int i = 0; i <= LINES; i++) {
            labels.add(Html.number(top * i / LINES));
        }
        return html(title, unit, labels, value -> value / top);
    }

    /** Of milliseconds, on a logarithmic axis from 1 ms: a minute's outage must not hide what was before it. */
    String logarithmic(String title, String unit) {
        int decades = Math.clamp((int) Math.ceil(Math.log10(Math.max(10, most()))), 1, MILLIS.length - 1);
        return html(
                title,
                unit,
                List.of(MILLIS).subList(0, decades + 1),
                value -> Math.clamp(Math.log10(Math.max(1, value)) / decades, 0, 1));
    }

    /** From a value to its height, 0 to 1. */
    private interface Scale {
        double height(double value);
    }

    private String html(String title, String unit, List<String> labels, Scale scale) {
        var html = new StringBuilder();
        html.append("<figure><figcaption>%s <small>%s</small>".formatted(Html.text(title), Html.text(unit)));
        for (Curve curve : curves) {
            html.append(" <span class=\"key %s\">%s</span>".formatted(curve.style, Html.text(curve.name)));
        }
        html.append("</figcaption>");
        if (seconds.length < 2) {
            return html.append("<p class=\"note\">The run was too short for a curve.</p></figure>\n")
                    .toString();
        }
        html.append("<div class=\"plot\">");
        for (int i = 0; i < labels.size(); i++) {
            double top = 100 - 100.0 * i / (labels.size() - 1);
            html.append(
                    String.format(Locale.ROOT, "<span class=\"y\" style=\"top:%.1f%%\">%s</span>", top, labels.get(i)));
        }
        html.append("<svg viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%s\">"
                .formatted(Html.text(title)));
        episodes.stream().limit(BANDS_MAX).forEach(struck -> band(html, struck));
        for (int i = 0; i < labels.size(); i++) {
            html.append(String.format(
                    Locale.ROOT, "<path class=\"grid\" d=\"M0 %.2fH1000\"/>", 100.0 * i / (labels.size() - 1)));
        }
        curves.forEach(curve -> line(html, curve, scale));
        html.append("</svg></div>");
        return html.append(axis(lastSecond)).append("</figure>\n").toString();
    }

    /** Labels of the axis of time. */
    static String axis(double lastSecond) {
        var html = new StringBuilder("<div class=\"x\">");
        long step = (long) nice(lastSecond / TICKS);
        for (long each : STEPS_SECONDS) {
            if (each >= lastSecond / TICKS) {
                step = each;
                break;
            }
        }
        for (long second = 0; second <= lastSecond * 0.98; second += step) {
            html.append(String.format(
                    Locale.ROOT,
                    "<span style=\"left:%.2f%%\">%s</span>",
                    100 * second / lastSecond,
                    step % 60 == 0 ? Html.number(second / 60) + " min" : Html.number(second) + " s"));
        }
        return html.append("</div>").toString();
    }

    private double most() {
        double most = 0;
        for (Curve curve : curves) {
            for (double value : curve.values) {
                most = value > most ? value : most;
            }
        }
        return most;
    }

    /** The next number that is easy to read and to divide by four. */
    private static double nice(double atLeast) {
        double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
        for (double step : new double[] {1, 2, 4, 8, 10}) {
            if (step * power >= atLeast) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private void band(StringBuilder html, Struck struck) {
        double from = struck.episode().atMicros() / 1e6;
        double to = from + struck.episode().lengthMicros() / 1e6;
        double left = 1000 * Math.min(1, from / lastSecond);
        double width = Math.max(2, 1000 * Math.min(1, to / lastSecond) - left);
        html.append(String.format(
                Locale.ROOT,
                "<rect class=\"fault\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"100\"><title>%s</title></rect>",
                left,
                width,
                Html.text(Html.fault(struck.episode().kind()))));
    }

    /** Of more points than pixels, the highest of each group is shown: a peak must not vanish. */
    private void line(StringBuilder html, Curve curve, Scale scale) {
        int group = Math.max(1, (seconds.length + POINTS_MAX - 1) / POINTS_MAX);
        html.append("<path class=\"%s\" d=\"".formatted(curve.style));
        boolean drawing = false;
        for (int from = 0; from < seconds.length; from += group) {
            double highest = Double.NaN;
            for (int i = from; i < Math.min(seconds.length, from + group); i++) {
                highest = Double.isNaN(highest) ? curve.values[i] : Math.max(highest, curve.values[i]);
            }
            if (Double.isNaN(highest)) {
                drawing = false;
                continue;
            }
            html.append(String.format(
                    Locale.ROOT,
                    "%s%.1f %.2f",
                    drawing ? "L" : "M",
                    1000 * seconds[from] / lastSecond,
                    100 - 100 * scale.height(highest)));
            if (!drawing) {
                html.append("h.1"); // so that a single point is seen
            }
            drawing = true;
        }
        html.append("\"/>");
    }
}
