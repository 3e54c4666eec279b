package io.millrace.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.yaml.Mistake;
import io.millrace.model.yaml.YamlDocument;
import io.millrace.simulator.fault.Episode;
import io.millrace.simulator.fault.Episode.Kind;
import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fault.RandomEpisodes;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Format;
import io.millrace.simulator.fleet.Signal;
import io.millrace.simulator.fleet.Template;
import io.millrace.simulator.scenario.ScenarioReader.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScenarioReaderTest {
    @TempDir
    private Path folder;

    static List<String> readyMade() {
        return ScenarioReader.READY_MADE;
    }

    private Outcome read(String yaml) {
        return ScenarioReader.read(
                YamlDocument.parse("s.yaml", yaml.getBytes(StandardCharsets.UTF_8)), folder.resolve("s.yaml"));
    }

    private Scenario ready(String yaml) {
        Outcome outcome = read(yaml);
        assertThat(outcome).isInstanceOf(Outcome.Ready.class);
        return ((Outcome.Ready) outcome).scenario();
    }

    private List<String> mistakes(String yaml) {
        Outcome outcome = read(yaml);
        assertThat(outcome).isInstanceOf(Outcome.Wrong.class);
        return ((Outcome.Wrong) outcome)
                .mistakes().stream().map(Mistake::toString).toList();
    }

    @ParameterizedTest
    @MethodSource("readyMade")
    void aReadyMadeScenarioIsRightAndProducesEvents(String name) {
        Outcome outcome = ScenarioReader.read(Path.of(name));
        assertThat(outcome).isInstanceOf(Outcome.Ready.class);
        Scenario scenario = ((Outcome.Ready) outcome).scenario();
        assertThat(scenario.length()).isEqualTo(Duration.ofSeconds(60));
        assertThat(scenario.population(1, "sim", 60).events()).isGreaterThan(1_000);
    }

    @Test
    void readsAFleetAsWritten() {
        Scenario scenario = ready("""
                seed: 9
                site: plant-1
                length: 90s
                fleets:
                  - name: pump
                    kind: agent
                    count: 3
                    devices: 4
                    every: 500ms
                    metrics:
                      pressure: {unit: bar, signal: walk, min: 1, max: 3, period: 5s, decimals: 3}
                      on: {signal: on_off, fault: {after: 10s, share: 0.5, signal: counter}}
                """);
        assertThat(scenario.seed()).isEqualTo(9);
        Fleet fleet = scenario.fleets().getFirst();
        assertThat(fleet.transport()).isEqualTo(Transport.AGENT);
        assertThat(fleet.samplesPerSecond()).isEqualTo(24);
        assertThat(fleet.metrics().get(0).signal()).isEqualTo(new Signal.Walk(1, 3, 5, 3));
        assertThat(fleet.metrics().get(1).signal())
                .isEqualTo(new Signal.Faulty(new Signal.OnOff(60, 0.5), new Signal.Counter(10, 1_000_000), 10, 0.5));
    }

    @Test
    void tellsEveryMistakeWithItsPlace() {
        assertThat(mistakes("""
                        length: soon
                        fleets:
                          - name: pump
                            kind: robot
                            count: 0
                            every: 0s
                            colour: red
                            metrics:
                              pressure: {signal: square}
                        """))
                .hasSize(6)
                .anyMatch(m -> m.startsWith("s.yaml:1:9: length is \"soon\""))
                .anyMatch(m -> m.startsWith("s.yaml:4:11: fleets[1].kind is \"robot\", expected one of agent, device"))
                .anyMatch(m -> m.startsWith("s.yaml:5:12: fleets[1].count is \"0\""))
                .anyMatch(m -> m.contains("unknown key fleets[1].colour"))
                .anyMatch(m -> m.startsWith("s.yaml:9:26: fleets[1].metrics.pressure.signal is \"square\""));
        assertThat(mistakes("fleets: []")).singleElement().asString().contains("at least one fleet");
        assertThat(mistakes("""
                        fleets:
                          - {name: a, kind: device, count: 1, csv: nowhere.csv}
                          - {name: a, kind: device, count: 1, metrics: {m: {signal: counter}}}
                          - {name: a, kind: device, count: 1, metrics: {m: {signal: counter}}}
                        """))
                .hasSize(2)
                .anyMatch(m -> m.contains("csv cannot be played"))
                .anyMatch(m -> m.contains("given twice"));
    }

    @Test
    void readsFaultsOnAScheduleAndAtRandom() {
        Faults faults = ready("""
                fleets: [{name: a, kind: device, count: 1, metrics: {m: {signal: counter}}}]
                faults:
                  - {type: disconnect, at: 2s, every: 3s, times: 2, share: 0.5}
                  - {type: herd, at: 9s, for: 10s}
                  - {type: outage, per-minute: 2, for: 5s, share: 0.4}
                  - random
                  - reorder
                  - {type: duplicate, probability: 0.1}
                """).faults();
        assertThat(faults.episodes())
                .containsExactly(
                        new Episode(0, Kind.DISCONNECT, 2_000_000, 0, 0.5, 0, 0),
                        new Episode(1, Kind.DISCONNECT, 5_000_000, 0, 0.5, 0, 0),
                        new Episode(2, Kind.HERD, 9_000_000, 10_000_000, 1, 0, 0));
        assertThat(faults.random())
                .containsExactly(
                        new RandomEpisodes(0, List.of(Kind.OUTAGE), 2, 5_000_000, 0.4, 0, 0),
                        new RandomEpisodes(1, List.of(Kind.values()), 6, 10_000_000, 1, 4_000, 300));
        assertThat(faults.reorder()).isEqualTo(Faults.Reorder.asInTsbs(5_000_000));
        assertThat(faults.duplicate()).isEqualTo(0.1);
    }

    @Test
    void tellsEveryMistakeInFaultsWithItsPlace() {
        assertThat(mistakes("""
                        fleets: [{name: a, kind: device, count: 1, metrics: {m: {signal: counter}}}]
                        faults:
                          - {type: herd, for: 11s}
                          - {type: outage, per-minute: 0, at: 5s}
                          - {type: disconnect, for: 3s}
                          - {type: slow, times: 3}
                          - storm
                          - {type: reorder, probability: 2}
                          - reorder
                        """))
                .hasSize(8)
                .anyMatch(m -> m.startsWith("s.yaml:3:23: faults[1].for is \"11s\", expected a duration")
                        && m.endsWith("from 1ms to 10s"))
                .anyMatch(m -> m.startsWith("s.yaml:4:32: faults[2].per-minute is \"0\", expected a number above 0"))
                .anyMatch(m -> m.startsWith("s.yaml:4:39: faults[2].at is given for what comes at random"))
                .anyMatch(m -> m.startsWith("s.yaml:5:24: unknown key faults[3].for"))
                .anyMatch(m -> m.startsWith("s.yaml:6:25: faults[4].times is given without every"))
                .anyMatch(
                        m -> m.startsWith("s.yaml:8:34: faults[6].probability is \"2\", expected a number from 0 to 1"))
                .anyMatch(m -> m.startsWith("s.yaml:9:5: faults[7].type is given twice, expected once"))
                .anyMatch(m -> m.startsWith("s.yaml:7:5: faults[5].type is \"storm\", expected one of disconnect"));
    }

    @Test
    void readsWhatMessagesLookLike() {
        List<Fleet> fleets = ready("""
                fleets:
                  - {name: a, kind: agent, count: 1, payload: batch, ramp: 30s, metrics: {m: {signal: counter}}}
                  - {name: b, kind: device, count: 1, payload: number, metrics: {m: {signal: counter}}}
                  - {name: c, kind: device, count: 1, payload: template, template: '{"v": ${value}, "d": "${device}"}',
                     topic: "plant/${site}/${device}", metrics: {m: {signal: counter}}}
                """).fleets();
        assertThat(fleets.get(0).rampMicros()).isEqualTo(30_000_000);
        assertThat(fleets.get(0).format()).isEqualTo(Format.JSON);
        assertThat(fleets.get(1).format()).isEqualTo(new Format(new Format.Payload.Bare(), null));
        assertThat(fleets.get(2).format().payload())
                .isEqualTo(new Format.Payload.Own(
                        Template.parse("{\"v\": ${value}, \"d\": \"${device}\"}", Format.OF_PAYLOADS)));
        assertThat(fleets.get(2).format().topicNamesDevice()).isTrue();
        assertThat(fleets.get(2).format().topicNamesMetric()).isFalse();
    }

    @Test
    void tellsWhatIsWrongWithMessagesWithItsPlace() {
        assertThat(mistakes("""
                        fleets:
                          - {name: a, kind: agent, count: 1, payload: json, topic: a/b, metrics: {m: {signal: counter}}}
                          - {name: b, kind: device, count: 1, payload: batch, metrics: {m: {signal: counter}}}
                          - {name: c, kind: device, count: 1, payload: template, metrics: {m: {signal: counter}}}
                          - name: d
                            kind: device
                            count: 1
                            payload: template
                            template: '{"v": ${valu}}'
                            topic: "plant/#/${seq}"
                            metrics: {m: {signal: counter}}
                          - {name: e, kind: device, count: 1, template: x, topic: "a/+", metrics: {m: {signal: counter}}}
                          - {name: f, kind: device, count: 1, payload: xml, ramp: -1s, metrics: {m: {signal: counter}}}
                        """))
                .hasSize(10)
                .anyMatch(m -> m.startsWith("s.yaml:2:47: fleets[1].payload is not batch"))
                .anyMatch(m -> m.startsWith("s.yaml:2:60: fleets[1].topic is of plain devices"))
                .anyMatch(m -> m.startsWith("s.yaml:3:48: fleets[2].payload is batch, which is what agents send"))
                .anyMatch(m -> m.startsWith("s.yaml:4:48: fleets[3].payload is template, and there is none"))
                .anyMatch(m -> m.startsWith("s.yaml:9:15: fleets[4].template holds '${valu}' at its character 7,"
                        + " expected one of ${value}, ${ts},"))
                .anyMatch(m -> m.startsWith("s.yaml:10:12: fleets[4].topic holds '${seq}' at its character 9"))
                .anyMatch(m -> m.contains("fleets[5].template stands without payload: template"))
                .anyMatch(m -> m.contains("fleets[5].topic holds +, # or a control character"))
                .anyMatch(
                        m -> m.contains("fleets[6].payload is \"xml\", expected one of json, number, template, batch"))
                .anyMatch(m -> m.contains("fleets[6].ramp is \"-1s\""));
    }

    @Test
    void playsTheColumnsOfARecording() throws Exception {
        Files.writeString(folder.resolve("pump.csv"), """
                time;pressure;flow;anomaly
                2020-03-09 10:14:33;0.05;32.0;0
                2020-03-09 10:14:34;0.25;31.5;1
                """);
        Fleet fleet = ready("""
                        fleets:
                          - {name: pump, kind: device, count: 2, csv: pump.csv, delimiter: ";", skip: [anomaly]}
                        """).fleets().getFirst();
        assertThat(fleet.metrics()).extracting(metric -> metric.name()).containsExactly("pressure", "flow");
        assertThat(fleet.value(1, 1, 3, 1)).isEqualTo(new io.millrace.model.Value.Numeric(31.5));
    }

    /** Whatever the schema lets an editor offer is asked for by the reader: else it would be an unknown key. */
    @Test
    void theSchemaKnowsTheKeysThatAreRead() throws Exception {
        String schema = ScenarioReader.schema();
        for (String name : List.of("signal", "fleet")) {
            assertThat(schema).contains("\"" + name + "\": {");
        }
        String sources = Files.readString(Path.of("src/main/java/io/millrace/simulator/scenario/ScenarioReader.java"))
                + Files.readString(Path.of("src/main/java/io/millrace/simulator/scenario/FormatReader.java"))
                + Files.readString(Path.of("src/main/java/io/millrace/simulator/scenario/MetricsReader.java"))
                + Files.readString(Path.of("src/main/java/io/millrace/simulator/scenario/FaultsReader.java"));
        List<String> asked = Pattern.compile("\\.(?:required|optional|find|list|maps|map)\\(\\s*\"([a-z-]+)\"")
                .matcher(sources)
                .results()
                .map((MatchResult match) -> match.group(1))
                .distinct()
                .toList();
        assertThat(asked)
                .hasSizeGreaterThan(20)
                .allSatisfy(key -> assertThat(schema).contains("\"" + key + "\": {"));
    }
}
