package io.millrace.simulator.report;

import io.millrace.simulator.fault.Episode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Curves over the seconds of a run as SVG, with the times of faults behind them. */
final class Chart {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 200;
    private static final int LEFT = 64;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 24;
    private static final int POINTS_MAX = 800;
    private static final int LINES = 4;
    private static final int NAMED_MAX = 12;
    private static final int NAME_ROWS = 4;
    private static final int NAME_HEIGHT = 14;
    private static final double MOMENT_SECONDS = 0.3;

    private final double[] seconds;
    private final double lastSecond;
    private final List<Episode> episodes;
    private final List<Curve> curves = new ArrayList<>();

    /** @param style class of the line: {@code a}, {@code b} or {@code c} */
    private record Curve(String name, String style, double[] values) {}

    /** @param seconds of each point, ascending */
    Chart(double[] seconds, List<Episode> episodes) {
        this.seconds = seconds.clone();
        this.lastSecond = Math.max(1, seconds.length == 0 ? 1 : seconds[seconds.length - 1]);
        this.episodes = episodes;
    }

    Chart curve(String name, String style, double[] values) {
        curves.add(new Curve(name, style, values));
        return this;
    }

    /** The chart with its title and legend. */
    String html(String title, String unit) {
        double top = niceTop();
        var svg = new StringBuilder();
        svg.append("<figure><figcaption>")
                .append(Html.text(title))
                .append(" <small>")
                .append(Html.text(unit));
        svg.append("</small>");
        for (Curve curve : curves) {
            svg.append(" <span class=\"key ").append(curve.style).append("\">").append(Html.text(curve.name));
            svg.append("</span>");
        }
        svg.append("</figcaption>")
                .append("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">"
                        .formatted(WIDTH, HEIGHT, Html.text(title)));
        episodes.forEach(episode -> band(svg, episode));
        grid(svg, top);
        if (episodes.size() <= NAMED_MAX) {
            episodes.forEach(episode -> name(svg, episode));
        }
        curves.forEach(curve -> line(svg, curve, top));
        return svg.append("</svg></figure>\n").toString();
    }

    private double niceTop() {
        double most = 1;
        for (Curve curve : curves) {
            for (double value : curve.values) {
                most = Math.max(most, value);
            }
        }
        return nice(most);
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

    private void band(StringBuilder svg, Episode episode) {
        double from = Math.min(lastSecond, episode.atMicros() / 1e6);
        double to = Math.min(lastSecond, Math.max(from + MOMENT_SECONDS, from + episode.lengthMicros() / 1e6));
        String name = Html.fault(episode.kind());
        svg.append(String.format(
                Locale.ROOT,
                "<rect class=\"fault\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s, %.0f %% of the"
                        + " connections, from %.0f s to %.0f s</title></rect>",
                x(from),
                TOP,
                Math.max(1, x(to) - x(from)),
                HEIGHT - TOP - BOTTOM,
                Html.text(name),
                100 * episode.share(),
                from,
                to));
    }

    /** Below each other, since episodes may be at one time. */
    private void name(StringBuilder svg, Episode episode) {
        double x = x(Math.min(lastSecond, episode.atMicros() / 1e6)) + 4;
        int y = TOP + NAME_HEIGHT * (1 + episode.index() % NAME_ROWS);
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">%s</text>", x, y, Html.text(Html.fault(episode.kind()))));
    }

    private void grid(StringBuilder svg, double top) {
        for (int i = 0; i <= LINES; i++) {
            double value = top * i / LINES;
            double y = y(value, top);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                            + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT,
                    WIDTH - RIGHT,
                    y,
                    y,
                    LEFT - 6,
                    y + 4,
                    Html.number(value)));
        }
        double step = nice(lastSecond / (2 * LINES));
        for (double second = 0; second <= lastSecond; second += step) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s s</text>",
                    x(second),
                    HEIGHT - 6,
                    Html.number(second)));
        }
    }

    /** Of more points than pixels, the highest of each group is shown: a peak must not vanish. */
    private void line(StringBuilder svg, Curve curve, double top) {
        int group = Math.max(1, (seconds.length + POINTS_MAX - 1) / POINTS_MAX);
        svg.append("<polyline class=\"").append(curve.style).append("\" points=\"");
        for (int from = 0; from < seconds.length; from += group) {
            double highest = 0;
            for (int i = from; i < Math.min(seconds.length, from + group); i++) {
                highest = Math.max(highest, curve.values[i]);
            }
            svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(seconds[from]), y(highest, top)));
        }
        svg.append("\"/>");
    }

    private double x(double second) {
        return LEFT + (WIDTH - LEFT - RIGHT) * second / lastSecond;
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top;
    }
}
