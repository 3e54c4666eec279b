package io.millrace.gateway.api;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A data folder of its own with a rule, free ports, and no MQTT: tests put messages where the connections would. */
public final class GatewayWithoutBroker implements QuarkusTestResourceLifecycleManager {
    /** Each watches one device only, so that no other test sees its alerts. */
    static final String RULES = """
            rules:
              - name: oven-hot
                on: {device: oven, metric: temp}
                when: {above: 80, clear: 70}
                severity: major
              - name: kiln-hot
                on: {device: kiln, metric: temp}
                when: {above: 80, clear: 70}
                severity: minor
              - name: stove-hot
                on: {device: stove, metric: temp}
                when: {above: 80, clear: 70}
                severity: critical
              - name: dryer-hot
                on: {device: dryer, metric: temp}
                when: {above: 80, for: 1h}
                severity: warning
            """;

    /** A receiver that is away. */
    private static final String NOTIFY = """
            channels:
              - {name: away, type: webhook, url: "http://127.0.0.1:1/secret-path"}
            routes:
              - {name: stove, to: [away], on: {device: stove}, group-wait: 0s}
            """;

    private Path folder = Path.of("");

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("gateway");
            Files.writeString(folder.resolve("rules.yaml"), RULES);
            Files.writeString(folder.resolve("notify.yaml"), NOTIFY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var config = new HashMap<>(Map.of(
                "millrace.data", folder.toString(),
                "millrace.sql.port", "0",
                "millrace.mqtt", "mqtt://127.0.0.1:1",
                "quarkus.http.test-port", "0"));
        for (String channel : List.of("batches", "plain", "status")) {
            config.put("mp.messaging.incoming.%s.enabled".formatted(channel), "false");
        }
        return config;
    }

    @Override
    public void stop() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
