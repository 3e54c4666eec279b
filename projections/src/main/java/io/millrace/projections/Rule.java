package io.millrace.projections;

import io.millrace.model.Glob;
import io.millrace.model.Names;
import io.millrace.model.Series;
import java.util.List;
import java.util.Optional;

/**
 * What is watched, and what of it is bad.
 *
 * @param name unique among the rules, at most {@value Names#BYTES_MAX} bytes
 * @param device which devices, of all sites and agents
 * @param metric which of their metrics
 * @param on what of a window is judged; empty: each reading is judged by itself
 * @param condition a threshold, or silence, which has no window
 * @param options flapping and escalation for a threshold only
 */
public record Rule(
        String name,
        Glob device,
        Glob metric,
        Optional<WindowValue> on,
        Condition condition,
        Severity severity,
        RuleOptions options) {
    /** Built in: an agent is gone. No other rule may have this name. */
    public static final String AGENT_OFFLINE = "agent-offline";

    /** Built in: what is derived is behind the log. No other rule may have this name. */
    public static final String PROJECTION_LAG = "projection-lag";

    /**
     * One value of each closed window.
     *
     * @param latenessMicros allowed lateness: how far the series may have moved on past a window's end when a reading
     *     still counts, 0 to {@value #LATENESS_MICROS_MAX}, and at most {@value #KEPT_MAX} times the window's
     *     {@code every}, which bounds the windows that are kept for it
     */
    public record WindowValue(WindowSpec window, Aggregate aggregate, long latenessMicros) {
        public static final long LATENESS_MICROS_MAX = 86_400 * 1_000_000L;
        public static final int KEPT_MAX = 1_500;

        public WindowValue {
            if (latenessMicros < 0 || latenessMicros > LATENESS_MICROS_MAX) {
                throw new IllegalArgumentException(
                        "lateness is %s, expected 0s to 1d".formatted(Words.span(latenessMicros)));
            }
            if (latenessMicros / window.everyMicros() > KEPT_MAX) {
                throw new IllegalArgumentException(
                        "a lateness of %s keeps %d windows of each series, one each %s, expected at most %d"
                                .formatted(
                                        Words.span(latenessMicros),
                                        latenessMicros / window.everyMicros(),
                                        Words.span(window.everyMicros()),
                                        KEPT_MAX));
            }
        }

        /** With the lateness that is allowed if nothing is said of it. */
        public WindowValue(WindowSpec window, Aggregate aggregate) {
            this(window, aggregate, Engine.LATENESS_MICROS);
        }
    }

    public Rule {
        Names.check("name", name);
        if (condition instanceof Condition.NoData && on.isPresent()) {
            throw new IllegalArgumentException(
                    "rule %s has a window and no-data, expected one of them".formatted(name));
        }
        boolean forThresholds =
                options.flapping().isPresent() || !options.escalation().isEmpty();
        if (isOfOneAgent(on) && isOfMany(options)) {
            throw new IllegalArgumentException(
                    "rule %s judges gap-share by %s, expected site and agent in it".formatted(name, options.by()));
        }
        if (forThresholds && !(condition instanceof Condition.Threshold)) {
            throw new IllegalArgumentException(
                    "rule %s has flapping or escalation, expected a threshold with it".formatted(name));
        }
    }

    public Rule(
            String name, Glob device, Glob metric, Optional<WindowValue> on, Condition condition, Severity severity) {
        this(name, device, metric, on, condition, severity, RuleOptions.NONE);
    }

    /** Whether what it looks at is of one agent, and has no meaning for series of several. */
    static boolean isOfOneAgent(Optional<WindowValue> on) {
        return on.isPresent() && on.get().aggregate() == Aggregate.GAP_SHARE;
    }

    /** Whether it judges series of several agents as one. */
    static boolean isOfMany(RuleOptions options) {
        return !options.by().isEmpty()
                && !options.by().containsAll(List.of(RuleOptions.Dimension.SITE, RuleOptions.Dimension.AGENT));
    }

    /**
     * How far back in event time the readings lie that its next answer depends on; hysteresis, and flapping of single
     * readings, of which nobody knows how often they come, aside.
     */
    long warmUpMicros() {
        long window = on.map(value -> value.window().sizeMicrosMax()).orElse(0L);
        long flapping = options.flapping().isEmpty()
                ? 0
                : on.map(value -> Flapping.JUDGEMENTS * value.window().everyMicros())
                        .orElse(0L);
        return switch (condition) {
            case Condition.Threshold threshold -> window + Math.max(threshold.forMicros(), flapping);
            case Condition.NoData noData -> noData.silenceMicros();
            case Condition.Offline _ -> 0;
        };
    }

    /** Whether it judges each reading by itself. */
    boolean looksAtReadings() {
        return on.isEmpty() && condition instanceof Condition.Threshold;
    }

    boolean matches(Series series) {
        return device.matches(series.device()) && metric.matches(series.metric());
    }
}
