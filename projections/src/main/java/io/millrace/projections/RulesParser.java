package io.millrace.projections;

import static io.millrace.model.yaml.Rule.duration;
import static io.millrace.model.yaml.Rule.name;
import static io.millrace.model.yaml.Rule.number;
import static io.millrace.model.yaml.Rule.oneOf;
import static io.millrace.model.yaml.Rule.text;

import io.millrace.model.Glob;
import io.millrace.model.yaml.Mistake;
import io.millrace.model.yaml.YamlDocument;
import io.millrace.model.yaml.YamlMap;
import io.millrace.projections.Condition.NoData;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.Rule.WindowValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code rules.yaml}: all of it is right, or every mistake is told. */
public final class RulesParser {
    private static final Duration SPAN_MIN = Duration.ofSeconds(1);
    private static final Duration SPAN_MAX = Duration.ofDays(366);
    private static final Duration LATENESS = Duration.of(Engine.LATENESS_MICROS, ChronoUnit.MICROS);
    private static final Duration LATENESS_MAX = Duration.of(WindowValue.LATENESS_MICROS_MAX, ChronoUnit.MICROS);

    /** Stands in for a length of time that is wrong, and is told apart from those that are right. */
    private static final Duration WRONG = Duration.ZERO;

    /** What a file turned out to be. */
    public sealed interface Parsed {
        record Valid(Rules rules) implements Parsed {}

        /** Nothing of the file may be used. There is at least one mistake; they are in the order of their places. */
        record Invalid(List<Mistake> mistakes) implements Parsed {}
    }

    private enum WindowType {
        TUMBLING,
        HOPPING,
        CALENDAR
    }

    static final io.millrace.model.yaml.Rule<ZoneId> ZONE = new io.millrace.model.yaml.Rule<>(
            "a time zone such as Europe/Berlin or UTC", ZoneOffset.UTC, RulesParser::zone);

    private final YamlDocument yaml;

    private RulesParser(YamlDocument yaml) {
        this.yaml = yaml;
    }

    /**
     * @throws IOException if the file cannot be read; never because of what is in it
     */
    public static Parsed read(Path file) throws IOException {
        return new RulesParser(YamlDocument.read(file)).parsed();
    }

    /** Reads the content of a file whose name is used in mistakes only. */
    public static Parsed parse(String file, byte[] utf8) {
        return new RulesParser(YamlDocument.parse(file, utf8)).parsed();
    }

    /** JSON Schema (2020-12) of the file, for editors. */
    public static String schema() {
        try (var in = RulesParser.class.getResourceAsStream("rules.schema.json")) {
            if (in == null) {
                throw new IllegalStateException("rules.schema.json is missing beside " + RulesParser.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading rules.schema.json from the class path", e);
        }
    }

    private Parsed parsed() {
        List<YamlMap> maps = yaml.root().maps("rules");
        if (!yaml.root().names("rules")) { // a disk that was full, or an editor that was cut off, leaves such a file
            yaml.root().missing("rules", "a list of rules; write 'rules: []' to have none");
        }
        if (maps.size() > Rules.RULES_MAX) {
            yaml.root().mistake("rules", "has %d rules, expected at most %d".formatted(maps.size(), Rules.RULES_MAX));
        }
        var names = new HashSet<String>();
        var rules = new ArrayList<Optional<Rule>>();
        maps.forEach(map -> rules.add(rule(map, names)));
        List<Maintenance> maintenance = MaintenanceParser.read(yaml.root());
        List<Rule> read = rules.stream().flatMap(Optional::stream).toList();
        checkInhibition(maps, names);
        List<Mistake> mistakes = yaml.mistakes();
        return mistakes.isEmpty() ? new Parsed.Valid(new Rules(read, maintenance)) : new Parsed.Invalid(mistakes);
    }

    /** Looks at what is written: a rule that is wrong in another way may be part of a circle. */
    private static void checkInhibition(List<YamlMap> maps, Set<String> names) {
        var inhibitedBy = new LinkedHashMap<String, List<String>>();
        for (YamlMap map : maps) {
            String name = map.find("name", text("a name"));
            if (name != null) {
                inhibitedBy.putIfAbsent(name, map.list("inhibited-by", text("a rule"), List.of()));
            }
        }
        List<List<String>> circles = Inhibition.circles(inhibitedBy);
        for (YamlMap map : maps) {
            for (String by : map.list("inhibited-by", text("a rule"), List.of())) {
                if (!names.contains(by) && !by.equals(Rule.AGENT_OFFLINE)) {
                    map.mistake("inhibited-by", "names \"%s\", expected a rule of this file".formatted(by));
                }
            }
            String name = map.find("name", text("a name"));
            for (List<String> circle : circles) {
                if (circle.getFirst().equals(name)) {
                    map.mistake(
                            "inhibited-by",
                            "goes in a circle: %s; expected none".formatted(String.join(" by ", circle)));
                }
            }
        }
    }

    /** Empty only if there is a mistake. */
    private static Optional<Rule> rule(YamlMap map, Set<String> names) {
        String name = map.required("name", name());
        if (!names.add(name) && map.has("name")) {
            map.mistake("name", "is \"%s\" again, expected each name once".formatted(name));
        }
        if (name.equals(Rule.AGENT_OFFLINE) || name.equals(Rule.PROJECTION_LAG)) {
            map.mistake("name", "is that of a rule built in, expected another");
        }
        YamlMap on = map.map("on");
        Glob device = glob(on, "device", null);
        Glob metric = glob(on, "metric", null);
        Severity severity = map.required("severity", oneOf(Severity.class));
        YamlMap when = map.map("when");
        if (when.has("no-data")) {
            RuleOptions options = OptionsParser.read(map, null, severity);
            return noData(map, when).map(c -> new Rule(name, device, metric, Optional.empty(), c, severity, options));
        }
        Optional<WindowSpec> window = window(map);
        Optional<Aggregate> aggregate = aggregate(map, when);
        Optional<Threshold> threshold = threshold(map, when);
        Optional<WindowValue> value = windowValue(map, window, aggregate);
        RuleOptions options = OptionsParser.read(map, threshold.orElse(null), severity);
        if (Rule.isOfOneAgent(value) && Rule.isOfMany(options)) {
            map.mistake("by", "stands beside gap-share, which is of one agent: expected site and agent in it");
            return Optional.empty();
        }
        return threshold.map(t -> new Rule(name, device, metric, value, t, severity, options));
    }

    /**
     * @param otherwise null if the key must be there
     */
    static Glob glob(YamlMap on, String key, @Nullable Glob otherwise) {
        if (otherwise != null && !on.has(key)) {
            on.find(key, text("a pattern such as pump-*"));
            return otherwise;
        }
        String pattern = on.required(key, text("a pattern such as pump-*"));
        try {
            return Glob.of(pattern);
        } catch (IllegalArgumentException e) {
            on.mistake(key, "is no pattern: " + e.getMessage());
            return Glob.ANY;
        }
    }

    private static Optional<Condition> noData(YamlMap map, YamlMap when) {
        Duration silence = when.required("no-data", span());
        for (String key : List.of("aggregate", "above", "below", "clear", "for")) {
            alone(when, key);
        }
        if (map.has("window")) {
            window(map);
            map.mistake("window", "stands beside no-data, expected one of them");
        }
        windowValue(map, Optional.empty(), Optional.empty());
        return silence.equals(WRONG) ? Optional.empty() : Optional.of(new NoData(micros(silence)));
    }

    private static void alone(YamlMap when, String key) {
        if (when.find(key, text("nothing beside no-data")) != null) {
            when.mistake(key, "stands beside no-data, expected one of them");
        }
    }

    private static Optional<WindowSpec> window(YamlMap map) {
        YamlMap window = map.map("window");
        if (!map.has("window")) {
            return Optional.empty();
        }
        WindowType type = window.required("type", oneOf(WindowType.class));
        if (type == WindowType.CALENDAR) {
            Calendar.Unit unit = window.required("unit", oneOf(Calendar.Unit.class));
            return Optional.of(WindowSpec.of(new Calendar(unit, window.required("zone", ZONE))));
        }
        Duration size = window.required("size", span());
        Duration every = size;
        if (type == WindowType.HOPPING) {
            every = window.required("every", span());
        } else if (window.find("every", span()) != null) {
            window.mistake("every", "is given, expected it with type hopping only");
        }
        if (size.equals(WRONG) || every.equals(WRONG)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new WindowSpec(micros(size), micros(every)));
        } catch (IllegalArgumentException e) {
            window.mistake("every", "does not fit: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Aggregate> aggregate(YamlMap map, YamlMap when) {
        if (map.has("window")) {
            return Optional.of(when.required("aggregate", oneOf(Aggregate.class, Aggregate::label)));
        }
        if (when.find("aggregate", oneOf(Aggregate.class, Aggregate::label)) != null) {
            when.mistake("aggregate", "is given without a window, expected window: {type: tumbling, size: 1m}, say");
        }
        return Optional.empty();
    }

    private static Optional<WindowValue> windowValue(
            YamlMap map, Optional<WindowSpec> window, Optional<Aggregate> aggregate) {
        Duration lateness = map.optional("lateness", duration(Duration.ZERO, LATENESS_MAX), LATENESS);
        if (map.has("lateness") && !map.has("window")) {
            map.mistake(
                    "lateness", "is given without a window, expected it with one: readings are judged as they come");
        }
        if (window.isEmpty() || aggregate.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new WindowValue(window.get(), aggregate.get(), micros(lateness)));
        } catch (IllegalArgumentException e) {
            map.mistake("lateness", "does not fit: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Threshold> threshold(YamlMap map, YamlMap when) {
        Double above = when.find("above", orNaN());
        Double below = when.find("below", orNaN());
        Double clear = when.find("clear", orNaN());
        Duration lasting = when.optional("for", duration(Duration.ZERO, SPAN_MAX), Duration.ZERO);
        when.find("no-data", span()); // so that it is suggested for a key that is misspelt
        if (above == null && below == null) {
            map.mistake("when", "has none of above, below and no-data, expected one of them");
            return Optional.empty();
        }
        if (above != null && below != null) {
            when.mistake("below", "stands beside above, expected one of them: write a rule for each");
            return Optional.empty();
        }
        Side side = above != null ? Side.ABOVE : Side.BELOW;
        double limit = above != null ? above : below == null ? Double.NaN : below;
        double end = clear == null ? limit : clear;
        if (Double.isNaN(limit) || Double.isNaN(end)) {
            return Optional.empty();
        }
        if (side.isBad(end, limit)) {
            when.mistake(
                    "clear",
                    "is %s, expected at %s %s, which is %s"
                            .formatted(end, side == Side.ABOVE ? "most" : "least", limit, side.label()));
            return Optional.empty();
        }
        return Optional.of(new Threshold(side, limit, end, micros(lasting)));
    }

    private static io.millrace.model.yaml.Rule<Duration> span() {
        var span = duration(SPAN_MIN, SPAN_MAX);
        return new io.millrace.model.yaml.Rule<>(span.expected(), WRONG, span.parser());
    }

    private static io.millrace.model.yaml.Rule<Double> orNaN() {
        return new io.millrace.model.yaml.Rule<>(number().expected(), Double.NaN, number().parser());
    }

    private static @Nullable ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static long micros(Duration duration) {
        return Math.multiplyExact(duration.toMillis(), 1_000L);
    }
}
