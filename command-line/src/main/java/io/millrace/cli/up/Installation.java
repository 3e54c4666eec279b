package io.millrace.cli.up;

import io.millrace.cli.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the built parts are, and the command lines that start them.
 *
 * @param home the repository's root
 * @param java the program to run them with
 */
record Installation(Path home, Path java) {
    private static final String BROKER = "mqtt-broker/target/mqtt-broker.jar";
    private static final String GATEWAY = "ingest-gateway/target/quarkus-app/quarkus-run.jar";
    private static final String AGENT = "edge-agent/target/edge-agent.jar";

    /** @throws CommandException if a part is not built */
    void check(boolean withAgent) throws CommandException {
        List<String> missing = new ArrayList<>();
        for (String jar : withAgent ? List.of(BROKER, GATEWAY, AGENT) : List.of(BROKER, GATEWAY)) {
            if (!Files.exists(home.resolve(jar))) {
                missing.add("%s is not built, expected it in %s. Start with ./millrace, which builds it"
                        .formatted(jar, home));
            }
        }
        if (!missing.isEmpty()) {
            throw CommandException.unavailable(String.join("\n", missing));
        }
    }

    List<String> broker(Path data, Ports ports) {
        List<String> command = java(data, "broker", "mqtt-broker/target/broker.options");
        command.addAll(List.of(
                "-jar",
                path(BROKER),
                "--data",
                data.resolve("broker").toString(),
                "--port",
                Integer.toString(ports.mqtt()),
                "--exit-with-parent"));
        return command;
    }

    List<String> gateway(Path data, Ports ports, String retention) {
        List<String> command = java(data, "gateway", "ingest-gateway/target/gateway.options");
        command.addAll(List.of(
                "-Dmillrace.data=" + data,
                "-Dmillrace.mqtt=mqtt://127.0.0.1:" + ports.mqtt(),
                "-Dmillrace.sql.port=" + ports.sql(),
                "-Dquarkus.http.port=" + ports.http(),
                "-Dmillrace.exit-with-parent=true"));
        if (!retention.isEmpty()) {
            command.add("-Dmillrace.retention=" + retention);
        }
        command.addAll(List.of("-jar", path(GATEWAY)));
        return command;
    }

    List<String> agent(Path data, Path config) {
        List<String> command = java(data, "agent", "edge-agent/target/agent.options");
        command.addAll(List.of("-jar", path(AGENT), "--config", config.toString(), "--exit-with-parent"));
        return command;
    }

    /** The program and its flags; a crash of the JVM itself is told in one file, the latest of them. */
    private List<String> java(Path data, String name, String options) {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        if (Files.exists(home.resolve(options))) {
            command.add("@" + path(options));
        }
        command.add("-XX:ErrorFile=" + data.resolve("log").resolve(name + "-crash.log"));
        return command;
    }

    /** Leaves a note for commands that need to know which data folder was used last. */
    void remember(Path data) throws IOException {
        Path target = Files.createDirectories(home.resolve("target"));
        Files.writeString(target.resolve("last-up"), data.toAbsolutePath() + "\n");
    }

    private String path(String relative) {
        return home.resolve(relative).toString();
    }
}
