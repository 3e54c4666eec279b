package io.millrace.gateway;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What an operator can set, under {@code millrace.*}.
 *
 * @param data folder of store and rules
 * @param mqtt the broker, such as {@code mqtt://127.0.0.1:1883}
 * @param sqlPort where SQL is served on loopback, 0 for any free port
 * @param retention how long events are kept by their own time, at least a day; for ever if empty
 * @param commitEvery shortest time between two commits under load; a lone message never waits for it
 */
public record GatewayConfig(
        Path data,
        URI mqtt,
        int sqlPort,
        String durability,
        Duration commitEvery,
        Optional<Duration> retention,
        boolean exitWithParent) {
    private static final int MQTT_PORT = 1883;

    public GatewayConfig {
        check("mqtt".equals(mqtt.getScheme()) && mqtt.getHost() != null, "mqtt", mqtt, "mqtt://HOST:PORT");
        check(sqlPort >= 0 && sqlPort <= 65_535, "sql.port", sqlPort, "0 to 65535");
        check(
                durability.equals("fsync") || durability.equals("os"),
                "durability",
                durability,
                "fsync (survives a power cut) or os (survives a crash of the process)");
        check(
                !commitEvery.isNegative() && commitEvery.compareTo(Duration.ofSeconds(1)) <= 0,
                "commit-every",
                commitEvery,
                "0 to 1 s");
        check(
                retention.isEmpty() || retention.get().compareTo(Duration.ofDays(1)) >= 0,
                "retention",
                retention.map(Duration::toString).orElse("nothing"),
                "at least 1d, such as 90d; nothing keeps events for ever");
    }

    public int mqttPort() {
        return mqtt.getPort() == -1 ? MQTT_PORT : mqtt.getPort();
    }

    private static void check(boolean ok, String key, Object value, String rule) {
        if (!ok) {
            throw new IllegalArgumentException("millrace.%s is %s, expected %s".formatted(key, value, rule));
        }
    }
}
