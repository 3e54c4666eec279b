package io.millrace.cli.up;

import io.millrace.model.Names;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files that a first {@code up} finds missing: the rules, and the configuration of an agent on this machine. */
final class DemoFiles {
    private static final Pattern MQTT_LINE = Pattern.compile("(?m)^mqtt:.*$");

    private DemoFiles() {}

    /** Writes {@code rules.yaml} unless there is one. */
    static void rules(Path data) throws IOException {
        Path file = data.resolve("rules.yaml");
        if (Files.exists(file)) {
            return;
        }
        try (InputStream rules = DemoFiles.class.getResourceAsStream("rules.yaml")) {
            if (rules == null) {
                throw new IllegalStateException("rules.yaml is not in the jar");
            }
            Files.copy(rules, file);
        }
    }

    /** Writes the agent's configuration, or points an existing one to this broker, and says where it is. */
    static Path agent(Path data, int mqttPort, String host) throws IOException {
        Path file = data.resolve("agent").resolve("agent.yaml");
        String yaml = Files.exists(file)
                ? MQTT_LINE
                        .matcher(Files.readString(file))
                        .replaceFirst(Matcher.quoteReplacement("mqtt: mqtt://127.0.0.1:" + mqttPort))
                : firstAgent(name(host), mqttPort, data.resolve("agent").resolve("spool"));
        Files.writeString(file, yaml);
        return file;
    }

    private static String firstAgent(String name, int mqttPort, Path spool) {
        return """
                # Reads this machine itself. Written by the first ./millrace up; later ones change only the mqtt line.
                site: home
                agent: "%1$s"
                mqtt: mqtt://127.0.0.1:%2$d
                spool: {dir: "%3$s", sync: 500ms, max-bytes: 256MiB, min-free-disk: 200MiB, when-full: drop_oldest}
                inputs:
                  - {type: host, every: 1s, device: "%1$s"}
                """.formatted(name, mqttPort, escaped(spool));
    }

    private static String escaped(Path path) {
        return path.toString().replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** The host's name with what {@link Names} refuses replaced. */
    static String name(String host) {
        String name = host.strip().replaceAll("[^A-Za-z0-9._-]", "-");
        if (name.isEmpty()) {
            return "this-machine";
        }
        return name.length() <= Names.BYTES_MAX ? name : name.substring(0, Names.BYTES_MAX);
    }

    /** What this machine calls itself, asked without going over the network. */
    static String hostName() throws InterruptedException {
        try {
            Process uname = new ProcessBuilder("uname", "-n").start();
            String name = new String(uname.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            uname.waitFor();
            return name;
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }
}
