package io.millrace.simulator.scenario;

import static java.util.Objects.requireNonNull;

import io.millrace.model.FileTrouble;
import io.millrace.model.yaml.Mistake;
import io.millrace.model.yaml.Rule;
import io.millrace.model.yaml.YamlDocument;
import io.millrace.model.yaml.YamlMap;
import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Format;
import io.millrace.simulator.fleet.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads scenario files. {@code scenario.schema.json} says the same for editors; a test keeps the two together. */
public final class ScenarioReader {
    /** Scenarios that need no file: their names stand for one. */
    public static final List<String> READY_MADE =
            List.of("factory", "cold-chain", "smart-meters", "vehicles", "alarm-storm");

    static final long UNITS_MAX = 1_000_000;
    static final long DEVICES_MAX = 10_000;
    static final Duration LENGTH_MAX = Duration.ofDays(7);
    static final Duration EVERY_MAX = Duration.ofDays(1);

    private static final Rule<Kind> KIND = Rule.oneOf(Kind.class);
    private static final Rule<Double> JITTER =
            new Rule<>("a number from 0 to %s, as a part of the period".formatted(Fleet.JITTER_MAX), 0.0, text -> {
                Double value = Rule.number().parser().apply(text);
                return value != null && value >= 0 && value <= Fleet.JITTER_MAX ? value : null;
            });

    /** How a fleet's units are called in a file. */
    private enum Kind {
        AGENT,
        DEVICE
    }

    private ScenarioReader() {}

    /** What became of a file: a scenario, or all that is wrong with it. */
    public sealed interface Outcome {
        record Ready(Scenario scenario) implements Outcome {}

        record Wrong(List<Mistake> mistakes) implements Outcome {}
    }

    /**
     * Reads a file, or a ready-made scenario if there is no such file; never throws. Recordings are looked for beside
     * the file.
     */
    public static Outcome read(Path file) {
        String name = file.toString();
        try {
            if (!Files.exists(file) && READY_MADE.contains(name)) {
                return read(YamlDocument.parse(name, resource(name + ".yaml").getBytes(StandardCharsets.UTF_8)), file);
            }
            return read(YamlDocument.read(file), file);
        } catch (IOException e) {
            return new Outcome.Wrong(List.of(new Mistake(
                    name,
                    1,
                    1,
                    "the file cannot be read (%s), expected a scenario, or one of %s"
                            .formatted(FileTrouble.of(e), String.join(", ", READY_MADE)))));
        }
    }

    /** The JSON Schema of the file, for editors. */
    public static String schema() {
        return resource("scenario.schema.json");
    }

    static String resource(String name) {
        try (InputStream in = requireNonNull(ScenarioReader.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " in the simulator's jar cannot be read; build it again", e);
        }
    }

    static Outcome read(YamlDocument yaml, Path file) {
        YamlMap root = yaml.root();
        Long seed = root.find("seed", Rule.integer(Long.MIN_VALUE, Long.MAX_VALUE));
        String site = root.find("site", Rule.name());
        Duration length = root.find("length", Rule.duration(Duration.ofMillis(1), LENGTH_MAX));
        Path absolute = file.toAbsolutePath().getParent();
        List<Fleet> fleets = fleets(root, absolute == null ? Path.of("/") : absolute);
        Faults faults = FaultsReader.faults(root.maps("faults", "type"));
        List<Mistake> mistakes = yaml.mistakes();
        return fleets == null || !mistakes.isEmpty()
                ? new Outcome.Wrong(mistakes)
                : new Outcome.Ready(new Scenario(seed, site, length, fleets, faults));
    }

    private static @Nullable List<Fleet> fleets(YamlMap root, Path folder) {
        List<YamlMap> maps = root.maps("fleets");
        if (maps.isEmpty()) {
            root.mistake("fleets", "has none, expected a list of at least one fleet");
            return null;
        }
        List<Fleet> fleets = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (YamlMap map : maps) {
            Fleet fleet = fleet(map, fleets.size(), folder);
            if (fleet != null) {
                if (!names.add(fleet.name())) {
                    map.mistake("name", "is given twice, expected another name for each fleet");
                }
                fleets.add(fleet);
            }
        }
        return fleets.isEmpty() ? null : fleets;
    }

    private static @Nullable Fleet fleet(YamlMap map, int index, Path folder) {
        String name = map.required("name", Rule.name());
        Kind kind = map.required("kind", KIND);
        int units = Math.toIntExact(map.required("count", Rule.integer(1, UNITS_MAX)));
        Transport transport = kind == Kind.AGENT ? Transport.AGENT : Transport.PLAIN;
        int devices = 1;
        if (transport == Transport.AGENT) {
            devices = Math.toIntExact(map.optional("devices", Rule.integer(1, DEVICES_MAX), 1L));
        } else if (map.has("devices")) {
            map.optional("devices", Rule.integer(1, 1), 1L);
        }
        Duration every = map.optional("every", Rule.duration(Duration.ofMillis(1), EVERY_MAX), Duration.ofSeconds(1));
        double jitter = map.optional("jitter", JITTER, 0.0);
        Duration ramp = map.optional("ramp", Rule.duration(Duration.ZERO, LENGTH_MAX), Duration.ZERO);
        Format format = FormatReader.format(map, transport);
        List<Metric> metrics = new MetricsReader(folder).metrics(map);
        if (metrics.isEmpty()) {
            return null;
        }
        try {
            double samplesPerSecond = 1e9 * units * devices / every.toNanos();
            return new Fleet(index, name, transport, units, devices, metrics, samplesPerSecond, jitter)
                    .with(FaultsReader.skew(map), format, ramp.toNanos() / 1_000);
        } catch (IllegalArgumentException e) {
            map.mistake(
                    e.getMessage() != null && e.getMessage().contains("samples") ? "every" : "name",
                    "makes no fleet: " + String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT));
            return null;
        }
    }
}
