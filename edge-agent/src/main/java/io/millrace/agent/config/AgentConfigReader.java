package io.millrace.agent.config;

import static java.util.Objects.requireNonNull;

import io.millrace.agent.spool.LaneConfig;
import io.millrace.agent.spool.SpoolConfig;
import io.millrace.agent.uplink.Backfill;
import io.millrace.model.FileTrouble;
import io.millrace.model.yaml.Mistake;
import io.millrace.model.yaml.Rule;
import io.millrace.model.yaml.YamlDocument;
import io.millrace.model.yaml.YamlMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads agent.yaml. {@code agent.schema.json} says the same for editors; a test keeps the two together. */
public final class AgentConfigReader {
    private static final Pattern MQTT =
            Pattern.compile("mqtt://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?/?");
    private static final int MQTT_PORT = 1883;

    private static final Rule<URI> BROKER = new Rule<>(
            "a broker such as mqtt://127.0.0.1:1883", URI.create("mqtt://127.0.0.1:1883"), AgentConfigReader::broker);
    static final long BYTES_MAX_MAX = 1L << 50;
    private static final Rule<Path> PATH = new Rule<>(
            "a path", Path.of("."), text -> text.isBlank() || text.indexOf('\0') >= 0 ? null : Path.of(text));

    private AgentConfigReader() {}

    /** What became of a file: a configuration, or all that is wrong with it. */
    public sealed interface Outcome {
        record Ready(AgentConfig config) implements Outcome {}

        record Wrong(List<Mistake> mistakes) implements Outcome {}
    }

    /** Reads a file; never throws, also if it is not there. Relative paths in it are relative to it. */
    public static Outcome read(Path file) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        try {
            return read(YamlDocument.read(file), folder == null ? Path.of("/") : folder);
        } catch (IOException e) {
            return new Outcome.Wrong(List.of(new Mistake(
                    file.toString(),
                    1,
                    1,
                    "the file cannot be read (%s), expected a configuration".formatted(FileTrouble.of(e)))));
        }
    }

    /** The JSON Schema of the file, for editors. */
    public static String schema() {
        try (InputStream schema = requireNonNull(AgentConfigReader.class.getResourceAsStream("agent.schema.json"))) {
            return new String(schema.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("agent.schema.json in the agent's jar cannot be read; build it again", e);
        }
    }

    static Outcome read(YamlDocument yaml, Path folder) {
        AgentConfig config = config(yaml.root(), folder);
        List<Mistake> mistakes = yaml.mistakes();
        return config == null || !mistakes.isEmpty() ? new Outcome.Wrong(mistakes) : new Outcome.Ready(config);
    }

    private static @Nullable AgentConfig config(YamlMap root, Path folder) {
        String site = root.required("site", Rule.name());
        String agent = root.required("agent", Rule.name());
        URI mqtt = root.optional("mqtt", BROKER, BROKER.placeholder());
        Backfill backfill = backfill(root.map("backfill"));
        YamlMap spool = root.map("spool");
        Path directory =
                folder.resolve(spool.optional("dir", PATH, Path.of("spool"))).normalize();
        List<LaneConfig> lanes = new LaneConfigReader(root, spool).lanes();
        List<String> names = lanes.stream().map(LaneConfig::name).toList();
        List<InputConfig> inputs = new InputConfigReader(agent, names, folder).inputs(root);
        if (lanes.isEmpty()) {
            return null;
        }
        return new AgentConfig(mqtt, new SpoolConfig(directory, site, agent, lanes), backfill, inputs);
    }

    private static Backfill backfill(YamlMap backfill) {
        Backfill.Policy policy =
                backfill.optional("policy", Rule.oneOf(Backfill.Policy.class), Backfill.Policy.LIVE_FIRST);
        long ratio = backfill.optional("ratio", Rule.integer(1, Backfill.RATIO_MAX), 1L);
        if (backfill.has("ratio") && policy != Backfill.Policy.INTERLEAVE) {
            backfill.mistake("ratio", "is given, expected it with the policy interleave only");
            ratio = 1;
        }
        return new Backfill(
                policy,
                Math.toIntExact(ratio),
                backfill.optional("max-events-per-second", Rule.integer(1, 100_000_000), 50_000L),
                backfill.optional(
                        "max-bytes-per-second",
                        Rule.bytes(Backfill.BYTES_PER_SECOND_MIN, BYTES_MAX_MAX),
                        BYTES_MAX_MAX));
    }

    private static @Nullable URI broker(String text) {
        Matcher m = MQTT.matcher(text);
        if (!m.matches()) {
            return null;
        }
        int port = m.group(2) == null ? MQTT_PORT : Integer.parseInt(m.group(2));
        return port < 1 || port > 65_535 ? null : URI.create("mqtt://%s:%d".formatted(m.group(1), port));
    }
}
