package io.millrace.agent.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.agent.config.AgentConfigReader.Outcome;
import io.millrace.agent.spool.LaneConfig;
import io.millrace.agent.spool.SyncPolicy;
import io.millrace.agent.spool.WhenFull;
import io.millrace.agent.uplink.Backfill;
import io.millrace.model.yaml.Mistake;
import io.millrace.model.yaml.YamlDocument;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AgentConfigReaderTest {
    private static final Path FOLDER = Path.of("/etc/millrace");

    private static AgentConfig read(String text) {
        return switch (AgentConfigReader.read(YamlDocument.parse("agent.yaml", text.getBytes(UTF_8)), FOLDER)) {
            case Outcome.Ready(AgentConfig config) -> config;
            case Outcome.Wrong(List<Mistake> mistakes) -> throw new AssertionError(mistakes.toString());
        };
    }

    private static String mistakes(String text) {
        return switch (AgentConfigReader.read(YamlDocument.parse("agent.yaml", text.getBytes(UTF_8)), FOLDER)) {
            case Outcome.Ready ready -> throw new AssertionError("no mistakes found: " + ready);
            case Outcome.Wrong(List<Mistake> all) ->
                all.stream().map(Mistake::toString).collect(Collectors.joining("\n"));
        };
    }

    @Test
    void readsTheWholeContract() {
        AgentConfig config = read("""
                site: plant-1
                agent: gw-7
                mqtt: mqtt://127.0.0.1:1884
                spool: {dir: ./spool, sync: 500ms, max-bytes: 1GiB, min-free-disk: 200MiB, when-full: block}
                lanes: [alarm, telemetry]                  # first is most urgent; default lane: the last
                backfill: {policy: live_first, max-events-per-second: 1000}
                inputs:
                  - {type: host, every: 5s, device: gw-7}
                  - type: csv
                    path: pump.csv
                    delimiter: ";"
                    device: pump-1
                    time: {column: datetime, format: "yyyy-MM-dd HH:mm:ss", zone: UTC}
                    metrics:
                      Pressure: {metric: pressure, unit: bar}
                      "*": {}
                    skip: [anomaly, changepoint]
                    pace: 10x
                    shift: now
                    follow: true
                    lane: alarm
                  - {type: http, listen: "127.0.0.1:8686"}
                """);
        assertThat(config.mqtt()).isEqualTo(URI.create("mqtt://127.0.0.1:1884"));
        assertThat(config.spool().directory()).isEqualTo(FOLDER.resolve("spool"));
        assertThat(config.spool().lanes())
                .extracting(LaneConfig::sync)
                .containsOnly(new SyncPolicy.Every(Duration.ofMillis(500)));
        assertThat(config.spool().bytesMax()).isEqualTo(1L << 30);
        assertThat(config.spool().lanes())
                .extracting(LaneConfig::freeDiskBytesMin)
                .containsOnly(200L << 20);
        assertThat(config.spool().lanes()).extracting(LaneConfig::whenFull).containsOnly(WhenFull.BLOCK);
        assertThat(config.spool().laneNames()).containsExactly("alarm", "telemetry");
        assertThat(config.backfill().policy()).isEqualTo(Backfill.Policy.LIVE_FIRST);
        assertThat(config.backfill().eventsPerSecondMax()).isEqualTo(1_000);
        assertThat(config.inputsThatDoNotEnd()).containsExactly("host", "csv:pump.csv", "http");
        assertThat(config.inputs().get(0))
                .isEqualTo(new InputConfig.Host("host", "telemetry", Duration.ofSeconds(5), "gw-7", false));
        assertThat(config.inputs().get(1)).isInstanceOfSatisfying(InputConfig.Csv.class, csv -> {
            assertThat(csv.path()).isEqualTo(FOLDER.resolve("pump.csv"));
            assertThat(csv.delimiter()).isEqualTo(';');
            assertThat(csv.metrics()).isEqualTo(Map.of("Pressure", new InputConfig.Metric("pressure", "bar")));
            assertThat(csv.others()).isTrue();
            assertThat(csv.skip()).isEqualTo(Set.of("anomaly", "changepoint"));
            assertThat(csv.pace()).isEqualTo(new Pace(10));
            assertThat(csv.lane()).isEqualTo("alarm");
        });
        assertThat(config.inputs().get(2))
                .isEqualTo(new InputConfig.Http(
                        "http", "telemetry", new InetSocketAddress(InetAddress.getLoopbackAddress(), 8686), "gw-7"));
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        AgentConfig config = read("{site: s, agent: a, inputs: [{type: host}]}");
        assertThat(config.mqtt()).isEqualTo(URI.create("mqtt://127.0.0.1:1883"));
        assertThat(config.spool().directory()).isEqualTo(FOLDER.resolve("spool"));
        assertThat(config.spool().lanes())
                .extracting(LaneConfig::sync)
                .containsOnly(new SyncPolicy.Every(Duration.ofMillis(500)));
        assertThat(config.spool().bytesMax()).isEqualTo(1L << 30);
        assertThat(config.spool().lanes())
                .extracting(LaneConfig::freeDiskBytesMin)
                .containsOnly(200L << 20);
        assertThat(config.spool().lanes()).extracting(LaneConfig::whenFull).containsOnly(WhenFull.DROP_OLDEST);
        assertThat(config.spool().lanes()).extracting(LaneConfig::ageMax).containsOnlyNulls();
        assertThat(config.spool().lanes())
                .extracting(LaneConfig::bytesMax)
                .containsExactly(64L << 20, (1L << 30) - (64L << 20));
        assertThat(config.spool().laneNames()).containsExactly("alarm", "telemetry");
        assertThat(config.backfill()).isEqualTo(new Backfill(Backfill.Policy.LIVE_FIRST, 1, 50_000, 1L << 50));
        assertThat(config.inputs())
                .containsExactly(new InputConfig.Host("host", "telemetry", Duration.ofSeconds(1), "a", false));
    }

    @Test
    void tellsEveryMistakeWithItsPlaceKeyValueAndWhatWasExpected() {
        assertThat(mistakes("""
                sites: plant-1
                agent: gw/7
                mqtt: 127.0.0.1
                spool: {sync: 5 parsecs, max-bytes: 1MiB, when-full: panic}
                lanes: [telemetry, plain]
                backfill: {max-events-per-second: 0}
                inputs:
                  - {type: hots}
                  - type: csv
                    delimiter: ";;"
                    time: {column: t, format: "HH:mm", zone: Mars}
                    metrics: {a: {unti: bar}, b: {metric: "x#"}}
                    skip: [b]
                    pace: quick
                    shift: later
                    follow: maybe
                  - {type: http, listen: "0.0.0.0:8686"}
                  - {type: http, listen: "127.0.0.1:1", lane: urgent}
                """)).isEqualTo("""
                agent.yaml:1:1: site is missing, expected a name of 1 to 64 bytes without / + # or control characters
                agent.yaml:1:1: unknown key sites, expected site perhaps
                agent.yaml:2:8: agent is "gw/7", expected a name of 1 to 64 bytes without / + # or control characters
                agent.yaml:3:7: mqtt is "127.0.0.1", expected a broker such as mqtt://127.0.0.1:1883
                agent.yaml:4:15: spool.sync is "5 parsecs", expected always, never or an interval from 10ms to 1h
                agent.yaml:4:37: spool.max-bytes is "1MiB", expected a number of bytes such as 200MiB or 1GiB, from 16777216 to 1125899906842624
                agent.yaml:4:54: spool.when-full is "panic", expected one of drop_oldest, drop_newest, block
                agent.yaml:5:8: lanes are [telemetry, plain], expected 1 to 8 different names, none of them plain
                agent.yaml:6:35: backfill.max-events-per-second is "0", expected a whole number from 1 to 100000000
                agent.yaml:8:12: inputs[1].type is "hots", expected one of host, csv, http
                agent.yaml:9:5: inputs[2].path is missing, expected a path
                agent.yaml:9:5: inputs[2].device is missing, expected a name of 1 to 64 bytes without + # or control characters
                agent.yaml:10:16: inputs[2].delimiter is ";;", expected one character other than a quote or line break
                agent.yaml:11:31: inputs[2].time.format is "HH:mm", expected rfc3339, epoch-s, epoch-ms, epoch-us, epoch-ns or a pattern such as yyyy-MM-dd HH:mm:ss
                agent.yaml:11:46: inputs[2].time.zone is "Mars", expected a time zone such as UTC, +02:00 or Europe/Berlin
                agent.yaml:12:19: unknown key inputs[2].metrics.a.unti, expected unit perhaps
                agent.yaml:12:43: inputs[2].metrics.b.metric is "x#", expected a name of 1 to 64 bytes without + # or control characters
                agent.yaml:13:11: inputs[2].skip names b, expected no column that metrics names too
                agent.yaml:14:11: inputs[2].pace is "quick", expected original, max or a speed such as 10x
                agent.yaml:15:12: inputs[2].shift is "later", expected now
                agent.yaml:16:13: inputs[2].follow is "maybe", expected true or false
                agent.yaml:17:26: inputs[3].listen is "0.0.0.0:8686", expected a loopback address such as 127.0.0.1:8686, since there is no authentication yet
                agent.yaml:18:5: inputs[4].name is http, expected a name that no other input has; give one with name:\
                """);
    }

    @Test
    void manyLanesNeedALargeSpoolAndALongPathAName() {
        assertThat(mistakes("""
                {site: s, agent: a, lanes: [a, b, c, d, e], spool: {max-bytes: 16MiB},
                 inputs: [{type: csv, path: %s, device: d, time: {column: t}}]}
                """.formatted("x".repeat(300))))
                .contains(
                        "spool.max-bytes is \"16MiB\", expected a number of bytes such as 200MiB or 1GiB, from 20971520")
                .contains("inputs[1].name is missing, expected a name of 1 to 255 characters");
    }

    @Test
    void aLaneMayDifferFromTheSpoolInWhatItSays() {
        AgentConfig config = read("""
                site: s
                agent: a
                spool: {sync: 1s, max-bytes: 160MiB, min-free-disk: 300MiB, max-age: 7d, when-full: block}
                lanes:
                  - {name: alarm, sync: always, min-free-disk: 50MiB, max-age: forever, when-full: drop_newest}
                  - {name: video, max-bytes: 100MiB, max-age: 10m}
                  - telemetry
                backfill: {policy: interleave, ratio: 3, max-bytes-per-second: 64KiB}
                inputs: [{type: host}]
                """);
        var everySecond = new SyncPolicy.Every(Duration.ofSeconds(1));
        assertThat(config.spool().lanes())
                .containsExactly(
                        new LaneConfig(
                                "alarm", new SyncPolicy.Always(), 10L << 20, 50L << 20, null, WhenFull.DROP_NEWEST),
                        new LaneConfig(
                                "video", everySecond, 100L << 20, 300L << 20, Duration.ofMinutes(10), WhenFull.BLOCK),
                        new LaneConfig(
                                "telemetry", everySecond, 50L << 20, 300L << 20, Duration.ofDays(7), WhenFull.BLOCK));
        assertThat(config.backfill()).isEqualTo(new Backfill(Backfill.Policy.INTERLEAVE, 3, 50_000, 64 << 10));
    }

    @Test
    void tellsWhatIsWrongWithALaneAndWithTheBackfill() {
        assertThat(mistakes("""
                site: s
                agent: a
                spool: {max-age: 1s}
                lanes:
                  - {name: a/b, sync: 1d, max-bytes: 1MiB, max-age: never, when-full: panic, retries: 1}
                  - {sync: 1s}
                  - [telemetry]
                backfill: {policy: oldest_first, ratio: 101, max-bytes-per-second: 10}
                inputs: [{type: host}]
                """)).isEqualTo("""
                agent.yaml:3:18: spool.max-age is "1s", expected forever or a duration such as 12h or 7d, from 10s to 3650d
                agent.yaml:5:3: lanes are [?, ?, ?], expected 1 to 8 different names, none of them plain
                agent.yaml:5:12: lanes[1].name is "a/b", expected a name of 1 to 64 bytes without / + # or control characters
                agent.yaml:5:23: lanes[1].sync is "1d", expected always, never or an interval from 10ms to 1h
                agent.yaml:5:38: lanes[1].max-bytes is "1MiB", expected a number of bytes such as 200MiB or 1GiB, from 4194304 to 1125899906842624
                agent.yaml:5:53: lanes[1].max-age is "never", expected forever or a duration such as 12h or 7d, from 10s to 3650d
                agent.yaml:5:71: lanes[1].when-full is "panic", expected one of drop_oldest, drop_newest, block
                agent.yaml:5:78: unknown key lanes[1].retries, expected one of name, sync, max-bytes, min-free-disk, max-age, when-full
                agent.yaml:6:5: lanes[2].name is missing, expected a name of 1 to 64 bytes without / + # or control characters
                agent.yaml:7:5: lanes[3] is a list, expected a map
                agent.yaml:7:5: lanes[3].name is missing, expected a name of 1 to 64 bytes without / + # or control characters
                agent.yaml:8:20: backfill.policy is "oldest_first", expected one of live_first, history_first, interleave, newest_first
                agent.yaml:8:41: backfill.ratio is "101", expected a whole number from 1 to 100
                agent.yaml:8:41: backfill.ratio is given, expected it with the policy interleave only
                agent.yaml:8:68: backfill.max-bytes-per-second is "10", expected a number of bytes such as 200MiB or 1GiB, from 1000 to 1125899906842624\
                """);
    }

    @Test
    void lanesMustFitIntoTheSpoolAndARatioNeedsInterleaving() {
        assertThat(mistakes("""
                site: s
                agent: a
                spool: {max-bytes: 100MiB}
                lanes: [alarm, {name: video, max-bytes: 92MiB}, telemetry]
                backfill: {ratio: 2}
                inputs: [{type: host}]
                """)).isEqualTo("""
                agent.yaml:4:8: lanes take 107216896 bytes together, expected at most spool.max-bytes (104857600), 4 MiB for each that says nothing included
                agent.yaml:5:19: backfill.ratio is given, expected it with the policy interleave only\
                """);
    }

    @Test
    void aFileThatIsMissingIsAMistakeToo() {
        assertThat(AgentConfigReader.read(Path.of("/nowhere/agent.yaml"))).isInstanceOf(Outcome.Wrong.class);
    }

    @Test
    void theSchemaNamesExactlyTheKeysThatAreRead() throws IOException {
        String unknown = "zzzzzzzzzzzz: 1";
        String csv = "{type: csv, path: p, device: d, time: {column: t}, ";
        Map<String, String> documents = new TreeMap<>(Map.of(
                "properties", "{site: s, agent: a, inputs: [{type: host}], %s}",
                "properties/backfill/properties", "{site: s, agent: a, inputs: [{type: host}], backfill: {%s}}",
                "properties/spool/properties", "{site: s, agent: a, inputs: [{type: host}], spool: {%s}}",
                "$defs/lane/properties", "{site: s, agent: a, inputs: [{type: host}], lanes: [{name: x, %s}]}",
                "$defs/host/properties", "{site: s, agent: a, inputs: [{type: host, %s}]}",
                "$defs/http/properties", "{site: s, agent: a, inputs: [{type: http, listen: 'localhost:0', %s}]}",
                "$defs/csv/properties", "{site: s, agent: a, inputs: [" + csv + "%s}]}",
                "$defs/csv/properties/time/properties",
                        "{site: s, agent: a, inputs: [{type: csv, path: p, device: d, time: {column: t, %s}}]}",
                "$defs/csv/properties/metrics/additionalProperties/properties",
                        "{site: s, agent: a, inputs: [" + csv + "metrics: {a: {%s}}}]}"));
        Map<String, Set<String>> inSchema = keysByPath();
        documents.forEach((path, document) -> {
            String mistake = mistakes(document.formatted(unknown));
            assertThat(mistake).contains("expected one of ");
            Set<String> read = new TreeSet<>(
                    List.of(mistake.substring(mistake.indexOf("expected one of ") + "expected one of ".length())
                            .split(", ", -1)));
            assertThat(inSchema.get(path)).as(path).isEqualTo(read);
        });
        assertThat(inSchema.keySet().stream().filter(path -> path.endsWith("properties")))
                .containsExactlyInAnyOrderElementsOf(documents.keySet());
    }

    /** The keys of each object in the schema by the path to it. */
    private static Map<String, Set<String>> keysByPath() throws IOException {
        var keys = new TreeMap<String, Set<String>>();
        var path = new ArrayList<String>();
        try (JsonParser json = new JsonFactory().createParser(AgentConfigReader.schema())) {
            String name = "";
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                switch (token) {
                    case START_OBJECT, START_ARRAY -> path.add(name);
                    case END_OBJECT, END_ARRAY -> path.removeLast();
                    case FIELD_NAME -> {
                        name = json.currentName();
                        keys.computeIfAbsent(String.join("/", path.subList(1, path.size())), _ -> new TreeSet<>())
                                .add(name);
                    }
                    default -> {}
                }
            }
        }
        keys.keySet().removeIf(p -> !p.endsWith("roperties"));
        return keys;
    }
}
