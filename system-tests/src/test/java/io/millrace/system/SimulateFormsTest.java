package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./millrace simulate} proves whatever messages look like, also without our store, and times alerts. */
class SimulateFormsTest {
    private static final String RULES = """
            rules:
              - name: too-hot
                on: {device: "*", metric: temperature}
                when: {above: 80, clear: 75}
                severity: major
            """;

    /** Bare numbers, JSON and batches, switched on one after the other; 30 devices get too hot. */
    private static final String OURS = """
            site: ours
            fleets:
              - {name: bare, kind: device, count: 20, every: 200ms, payload: number, ramp: 2s, metrics: {
                   n: {signal: counter}, on: {signal: on_off, period: 3s}}}
              - {name: oven, kind: device, count: 10, every: 500ms, metrics: {temperature: {signal: sine, mean: 60,
                   fault: {after: 3s, share: 1, signal: sine, mean: 90}}}}
              - {name: hall, kind: agent, count: 5, devices: 4, every: 500ms, ramp: 3s, metrics: {temperature: {
                   signal: sine, mean: 60, fault: {after: 3s, share: 1, signal: sine, mean: 90}}}}
            """;

    private static final String BARE = """
            site: bare
            fleets:
              - {name: bare, kind: device, count: 5, every: 200ms, payload: number, metrics: {n: {signal: counter}}}
            """;

    private static final String THEIRS = """
            site: theirs
            fleets:
              - name: meter
                kind: device
                count: 30
                every: 100ms
                payload: template
                template: '{"d": "${device}", "v": ${value}, "t": ${ts_ms}}'
                topic: "plant/${site}/${device}/up"
                metrics: {power: {signal: walk, min: 0, max: 900}, energy: {signal: counter}}
              - {name: bare, kind: device, count: 10, every: 100ms, payload: number, metrics: {n: {signal: steps, min: 0,
                   max: 3}}}
            faults:
              - {type: disconnect, at: 1s, share: 0.5}
              - {type: duplicate, probability: 0.01}
              - {type: reorder, probability: 0.01, by: 500ms}
              - {type: garbage, probability: 0.01}
            """;

    @TempDir
    private Path folder;

    private record Result(int exit, String out) {}

    @Test
    void everyFormVerifiesCleanAndAlertsAreTimed() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("rules.yaml"), RULES);
        try (var millrace = Millrace.up(data, "--no-demo")) {
            Result ours = simulate(millrace, OURS, millrace.sql());
            assertThat(ours.exit()).as(ours.out()).isZero();
            assertThat(ours.out())
                    .contains("\"missing\":0,", "\"duplicated\":0,", "\"wrong\":0,")
                    .doesNotContain("out_of_order")
                    .containsPattern("\"alert\":\\{\"p50\":[0-9.]+,\"p99\":[0-9.]+,\"max\":[0-9.]+,\"count\":30}");

            Result bare = simulate(millrace, BARE, millrace.sql());
            assertThat(bare.exit()).as(bare.out()).isZero();
            assertThat(bare.out()).contains("\"visible\":null"); // rows of bare numbers cannot be told apart

            Result theirs = simulate(millrace, THEIRS, "none");
            assertThat(theirs.exit()).as(theirs.out()).isZero();
            assertThat(theirs.out())
                    .contains("\"missing\":0,", "\"duplicated\":0,", "\"wrong\":0,", "\"out_of_order\":0,")
                    .containsPattern("\"visible\":\\{\"p50\":[0-9.]+,.*\"count\":3500}")
                    .containsPattern("\"duplicate\":[1-9].*\"garbage\":[1-9].*\"reorder\":[1-9]")
                    .doesNotContain("\"alert\"");
        }
    }

    private Result simulate(Millrace millrace, String scenario, String sql) throws Exception {
        Path file = Files.writeString(folder.resolve("scenario.yaml"), scenario);
        List<String> arguments = new ArrayList<>(List.of(file.toString(), "--seconds", "5", "--verify", "--json"));
        arguments.addAll(List.of("--mqtt", millrace.mqtt().toString(), "--sql", sql));
        arguments.addAll(List.of("--api", millrace.page().toString()));
        Process process = Millrace.simulator(arguments.toArray(String[]::new));
        try {
            String out = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor(Await.MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return new Result(process.exitValue(), out);
        } finally {
            process.destroyForcibly();
        }
    }
}
