package io.millrace.agent.config;

import io.millrace.agent.spool.InputState;
import io.millrace.model.Names;
import io.millrace.model.yaml.Rule;
import io.millrace.model.yaml.YamlMap;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the {@code inputs} of agent.yaml. */
final class InputConfigReader {
    private static final String ALL_OTHERS = "*";
    private static final Pattern LISTEN = Pattern.compile("(localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1]):([0-9]{1,5})");

    private static final Rule<Character> DELIMITER = new Rule<>(
            "one character other than a quote or line break",
            ',',
            text -> text.length() == 1 && "\"\r\n".indexOf(text.charAt(0)) < 0 && text.charAt(0) < 0x80
                    ? text.charAt(0)
                    : null);
    private static final Rule<Pace> PACE =
            new Rule<>("original, max or a speed such as 10x", Pace.ORIGINAL, Pace::parse);
    private static final Rule<Boolean> SHIFT =
            new Rule<>("now", true, text -> text.equals("now") ? Boolean.TRUE : null);
    private static final Rule<ZoneId> ZONE =
            new Rule<>("a time zone such as UTC, +02:00 or Europe/Berlin", ZoneOffset.UTC, InputConfigReader::zone);
    private static final Rule<String> UNIT = Rule.text(
            "a unit of at most 64 bytes",
            text -> text.getBytes(StandardCharsets.UTF_8).length <= Names.BYTES_MAX
                    && text.chars().noneMatch(Character::isISOControl));
    private static final Rule<InetSocketAddress> LISTEN_ON = new Rule<>(
            "a loopback address such as 127.0.0.1:8686, since there is no authentication yet",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            InputConfigReader::loopback);
    private static final Rule<String> NAME =
            Rule.text("a name of 1 to 255 characters", text -> text.length() <= InputState.NAME_CHARS_MAX);

    private enum Type {
        HOST,
        CSV,
        HTTP
    }

    private final String agent;
    private final List<String> lanes;
    private final Path folder;
    private final Set<String> names = new HashSet<>();

    InputConfigReader(String agent, List<String> lanes, Path folder) {
        this.agent = agent;
        this.lanes = lanes;
        this.folder = folder;
    }

    List<InputConfig> inputs(YamlMap root) {
        List<YamlMap> maps = root.maps("inputs");
        if (maps.isEmpty() || maps.size() > AgentConfig.INPUTS_MAX) {
            root.mistake("inputs", "has %d inputs, expected 1 to %d".formatted(maps.size(), AgentConfig.INPUTS_MAX));
        }
        var inputs = new ArrayList<InputConfig>();
        for (YamlMap map : maps) {
            InputConfig input = input(map);
            if (input != null) {
                inputs.add(input);
            }
        }
        return inputs;
    }

    private @Nullable InputConfig input(YamlMap map) {
        Type type = map.find("type", Rule.oneOf(Type.class));
        String lane = lane(map);
        return switch (type) {
            case HOST -> host(map, lane);
            case CSV -> csv(map, lane);
            case HTTP -> http(map, lane);
            case null -> {
                map.mistake("type", "is missing, expected one of host, csv, http");
                yield null;
            }
        };
    }

    private InputConfig host(YamlMap map, String lane) {
        return new InputConfig.Host(
                name(map, "host"),
                lane,
                map.optional(
                        "every", Rule.duration(Duration.ofMillis(100), Duration.ofHours(1)), Duration.ofSeconds(1)),
                map.optional("device", Rule.path(), agent),
                map.optional("per-core", Rule.flag(), false));
    }

    private InputConfig http(YamlMap map, String lane) {
        return new InputConfig.Http(name(map, "http"), lane, map.required("listen", LISTEN_ON), agent);
    }

    private InputConfig csv(YamlMap map, String lane) {
        String path = map.required("path", Rule.text("a path", text -> !text.isBlank() && text.indexOf('\0') < 0));
        YamlMap metricsMap = map.map("metrics");
        Map<String, InputConfig.Metric> metrics = metrics(metricsMap);
        boolean others = metrics.remove(ALL_OTHERS) != null || !map.has("metrics");
        Set<String> skip = Set.copyOf(map.list("skip", Rule.text("a column's name"), List.of()));
        for (String column : skip) {
            if (metrics.containsKey(column)) {
                map.mistake("skip", "names %s, expected no column that metrics names too".formatted(column));
            }
        }
        return new InputConfig.Csv(
                name(map, "csv:" + path),
                lane,
                folder.resolve(path).normalize(),
                map.optional("delimiter", DELIMITER, ','),
                map.optional("header", Rule.flag(), true),
                map.required("device", Rule.path()),
                time(map),
                metrics,
                others,
                skip,
                map.optional("pace", PACE, Pace.ORIGINAL),
                map.optional("shift", SHIFT, false),
                map.optional("follow", Rule.flag(), false));
    }

    private static TimeColumn time(YamlMap csv) {
        YamlMap time = csv.map("time");
        String column = time.required("column", Rule.text("the name of the column with the time"));
        ZoneId zone = time.optional("zone", ZONE, ZoneOffset.UTC);
        TimeColumn.Format rfc3339 = TimeColumn.format("rfc3339", zone);
        Rule<TimeColumn.Format> format = new Rule<>(
                "rfc3339, epoch-s, epoch-ms, epoch-us, epoch-ns or a pattern such as yyyy-MM-dd HH:mm:ss",
                rfc3339 == null ? cell -> 0 : rfc3339,
                text -> TimeColumn.format(text, zone));
        return new TimeColumn(column, time.optional("format", format, format.placeholder()));
    }

    private static Map<String, InputConfig.Metric> metrics(YamlMap map) {
        var metrics = new LinkedHashMap<String, InputConfig.Metric>();
        map.mapsByKey().forEach((column, metric) -> {
            if (column.equals(ALL_OTHERS)) {
                metrics.put(column, InputConfig.Metric.SAME);
            } else {
                metrics.put(
                        column,
                        new InputConfig.Metric(
                                metric.optional("metric", Rule.path(), ""), metric.optional("unit", UNIT, "")));
            }
        });
        return metrics;
    }

    private String lane(YamlMap map) {
        String last = lanes.isEmpty() ? "telemetry" : lanes.getLast();
        return map.optional(
                "lane",
                Rule.text("one of lanes: " + String.join(", ", lanes), text -> lanes.isEmpty() || lanes.contains(text)),
                last);
    }

    private String name(YamlMap map, String fallback) {
        String name = map.has("name") || NAME.parser().apply(fallback) != null
                ? map.optional("name", NAME, fallback)
                : map.required("name", NAME);
        if (!names.add(name)) {
            map.mistake("name", "is %s, expected a name that no other input has; give one with name:".formatted(name));
        }
        return name;
    }

    private static @Nullable ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Takes only what is loopback without asking a name server. */
    private static @Nullable InetSocketAddress loopback(String text) {
        Matcher m = LISTEN.matcher(text);
        if (!m.matches() || Integer.parseInt(m.group(2)) > 65_535) {
            return null;
        }
        try {
            InetAddress address = m.group(1).equals("localhost")
                    ? InetAddress.getLoopbackAddress()
                    : InetAddress.getByName(m.group(1));
            return new InetSocketAddress(address, Integer.parseInt(m.group(2)));
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
