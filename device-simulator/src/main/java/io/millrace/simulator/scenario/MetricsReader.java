package io.millrace.simulator.scenario;

import io.millrace.model.FileTrouble;
import io.millrace.model.yaml.Rule;
import io.millrace.model.yaml.YamlMap;
import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Reads what a fleet's devices measure: metrics with a signal each, or the columns of a recording. */
final class MetricsReader {
    private static final Duration PERIOD_MAX = Duration.ofDays(365);
    private static final long COUNT_MAX = 1_000_000_000;
    private static final Rule<String> UNIT = Rule.text("a unit such as °C", text -> text.length() <= 16);
    private static final Rule<Double> NOT_NEGATIVE = number("a number, 0 or more", value -> value >= 0);
    private static final Rule<Double> SHARE = number("a number from 0 to 1", value -> value >= 0 && value <= 1);
    private static final Rule<Path> FILE = new Rule<>(
            "a path", Path.of("."), text -> text.isBlank() || text.indexOf('\0') >= 0 ? null : Path.of(text));

    private final Path folder;

    /** Signal models by the name that a file gives them. */
    private enum Model {
        ON_OFF, // first, so that it stands for a wrong one: it needs no further key
        SINE,
        WALK,
        DUTY,
        COUNTER,
        STEPS
    }

    /** @param folder relative paths of recordings begin here */
    MetricsReader(Path folder) {
        this.folder = folder;
    }

    private static Rule<Double> number(String expected, Predicate<Double> fits) {
        return new Rule<>(expected, 1.0, text -> {
            Double value = Rule.number().parser().apply(text);
            return value != null && fits.test(value) ? value : null;
        });
    }

    /** None if the map says none, or is wrong. */
    List<Metric> metrics(YamlMap fleet) {
        if (fleet.has("csv")) {
            if (fleet.has("metrics")) {
                fleet.mistake("metrics", "stands beside csv, expected one of them");
            }
            return recording(fleet);
        }
        List<Metric> metrics = new ArrayList<>();
        for (Map.Entry<String, YamlMap> entry : fleet.map("metrics").mapsByKey().entrySet()) {
            YamlMap map = entry.getValue();
            String unit = map.optional("unit", UNIT, "");
            Signal signal = faulty(map, signal(map));
            try {
                metrics.add(new Metric(entry.getKey(), unit, signal));
            } catch (IllegalArgumentException e) {
                fleet.mistake("metrics", "holds a name that is none: " + e.getMessage());
            }
        }
        if (metrics.isEmpty()) {
            fleet.mistake("metrics", "has none, expected at least one metric with a signal, or csv");
        }
        return metrics;
    }

    private List<Metric> recording(YamlMap fleet) {
        Path file = folder.resolve(fleet.required("csv", FILE));
        String delimiter = fleet.optional("delimiter", Rule.text("one character", text -> text.length() == 1), ",");
        List<String> skip = fleet.list("skip", Rule.text("a column's name"), List.of());
        try {
            return Recording.read(file, delimiter.charAt(0), skip);
        } catch (IOException | IllegalArgumentException e) {
            fleet.mistake(
                    "csv",
                    "cannot be played (%s), expected a file of numbers with a line of names"
                            .formatted(
                                    e instanceof IOException unreadable
                                            ? file + ": " + FileTrouble.of(unreadable)
                                            : e.getMessage()));
            return List.of();
        }
    }

    /** From a time on, some devices are broken. */
    private static Signal faulty(YamlMap map, Signal healthy) {
        if (!map.has("fault")) {
            return healthy;
        }
        YamlMap fault = map.map("fault");
        Duration after = fault.required("after", Rule.duration(Duration.ZERO, PERIOD_MAX));
        double share = fault.optional("share", SHARE, 1.0);
        return new Signal.Faulty(healthy, signal(fault), after.toNanos() / 1e9, share);
    }

    private static Signal signal(YamlMap map) {
        int decimals = Math.toIntExact(map.optional("decimals", Rule.integer(0, 9), 2L));
        return switch (map.required("signal", Rule.oneOf(Model.class))) {
            case ON_OFF -> new Signal.OnOff(period(map, Duration.ofMinutes(1)), map.optional("share", SHARE, 0.5));
            case SINE ->
                new Signal.Sine(
                        map.required("mean", Rule.number()),
                        map.optional("amplitude", NOT_NEGATIVE, 0.0),
                        period(map, Duration.ofMinutes(10)),
                        map.optional("noise", NOT_NEGATIVE, 0.0),
                        decimals);
            case WALK -> {
                Range range = range(map);
                yield new Signal.Walk(range.min, range.max, period(map, Duration.ofMinutes(1)), decimals);
            }
            case DUTY ->
                new Signal.DutyCycle(
                        period(map, Duration.ofMinutes(1)),
                        map.optional("share", SHARE, 0.5),
                        map.optional("on", Rule.number(), 1.0),
                        map.optional("off", Rule.number(), 0.0),
                        decimals);
            case COUNTER ->
                new Signal.Counter(
                        map.optional("step-max", Rule.integer(1, COUNT_MAX), 10L),
                        map.optional("reset-after", Rule.integer(1, COUNT_MAX), 1_000_000L));
            case STEPS -> {
                Range range = range(map);
                int levels = Math.toIntExact(map.optional("levels", Rule.integer(2, 1_000), 5L));
                Duration hold =
                        map.optional("hold", Rule.duration(Duration.ofMillis(1), PERIOD_MAX), Duration.ofSeconds(30));
                yield new Signal.Steps(range.min, range.max, levels, hold.toNanos() / 1e9, decimals);
            }
        };
    }

    /** Between which values it stays. */
    private record Range(double min, double max) {}

    private static Range range(YamlMap map) {
        var range = new Range(map.required("min", Rule.number()), map.required("max", Rule.number()));
        if (range.min > range.max) {
            map.mistake("min", "is %s, expected at most max (%s)".formatted(range.min, range.max));
        }
        return range;
    }

    private static double period(YamlMap map, Duration byDefault) {
        return map.optional("period", Rule.duration(Duration.ofMillis(1), PERIOD_MAX), byDefault)
                        .toNanos()
                / 1e9;
    }
}
