package io.millrace.projections;

/**
 * How much an engine may remember. What does not fit is left out and counted in {@link Stats}.
 *
 * @param seriesMax series with any state; readings of further ones are not looked at
 * @param windowsMax windows of all series, open or kept for corrections, about 140 bytes each
 * @param judgementsMax pairs of a rule and a series that it watches, about 140 bytes each once there was something to judge
 * @param openAlertsMax alerts raised at once; further ones wait until one is cleared
 */
public record Limits(int seriesMax, int windowsMax, int judgementsMax, int openAlertsMax) {
    public static final Limits DEFAULT = new Limits(200_000, 3_000_000, 1_000_000, 100_000);

    public Limits {
        check("series", seriesMax);
        check("windows", windowsMax);
        check("judgements", judgementsMax);
        check("open alerts", openAlertsMax);
    }

    private static void check(String what, int max) {
        if (max < 1) {
            throw new IllegalArgumentException("at most %d %s, expected 1 or more".formatted(max, what));
        }
    }
}
