package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./millrace simulate} tells the truth: clean where all is well, and not where one event in 10 000 is not. */
class SimulateTest {
    /** Every fault there is, within a few seconds; 1 000 events a second in all. */
    private static final String FAULTS = """
            fleets:
              - name: dev
                kind: device
                count: 40
                every: 250ms
                jitter: 0.2
                clock: {share: 0.3, off: 20s, drift-ppm: 50}
                metrics:
                  t: {unit: °C, signal: sine, mean: 20, amplitude: 2}
                  c: {signal: counter}
              - name: agt
                kind: agent
                count: 10
                devices: 17
                every: 500ms
                metrics: {t: {signal: walk, min: 1, max: 9}, s: {signal: steps, min: 0, max: 9, hold: 3s}}
            faults:
              - {type: disconnect, at: 2s, share: 0.5}
              - {type: outage, at: 4s, for: 4s, share: 0.6}
              - {type: half_open, at: 6s, for: 4s, share: 0.3}
              - {type: slow, at: 8s, for: 3s, share: 0.3, bytes-per-second: 20000, latency: 100ms}
              - {type: duplicate, probability: 0.02}
              - {type: reorder, probability: 0.02, by: 2s}
              - {type: garbage, probability: 0.01}
            """;

    @TempDir
    private Path folder;

    private record Result(int exit, String out) {
        /** The whole number under a key of the JSON object. */
        long number(String key) {
            String from = out.substring(out.indexOf("\"" + key + "\":") + key.length() + 3);
            return Long.parseLong(from.substring(0, from.indexOf(',')));
        }
    }

    @Test
    void devicesAndAgentsVerifyCleanAgainAndAgainAndBadBrokersAreTold() throws Exception {
        try (var millrace = Millrace.up(folder.resolve("data"), "--no-demo")) {
            for (int run = 1; run <= 2; run++) {
                Result result = simulate(millrace, "--devices", "40", "--agents", "5", "--rate", "1500");
                assertThat(result.exit()).as(result.out()).isZero();
                assertThat(result.out()).startsWith("{\"ok\":true,").contains("\"seed\":7,");
                assertThat(result.number("produced")).isEqualTo(6_000);
                assertThat(result.number("acknowledged")).isEqualTo(6_000);
                assertThat(result.number("stored")).isEqualTo(6_000);
            }
            assertThat(new Sql(millrace.sql()).number("SELECT count() FROM events"))
                    .isEqualTo(12_000);
            Result faulty = underFaults(
                    millrace, "--report", folder.resolve("report.html").toString());
            assertThat(faulty.exit()).as(faulty.out()).isZero();
            for (String fault :
                    List.of("disconnect", "outage", "half_open", "slow", "duplicate", "reorder", "garbage")) {
                assertThat(faulty.out()).containsPattern("\"" + fault + "\":[1-9]");
            }
            assertThat(faulty.number("dead_letters")).isPositive();
            assertThat(folder.resolve("report.html")).content().contains("Every event is stored once", "<svg");
            endsWithinSecondsWhenAskedTo(millrace);
        }
        Result refused = run("--devices", "1", "--mqtt", "mqtt://127.0.0.1:" + Loopback.freePort(), "--json");
        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.out()).contains("\"ok\":false", "cannot be used");
    }

    private void endsWithinSecondsWhenAskedTo(Millrace millrace) throws Exception {
        Process process = Millrace.simulator(arguments(
                millrace, "--devices", "10", "--agents", "2", "--rate", "100", "--seconds", "600", "--seed", "8"));
        try {
            var sql = new Sql(millrace.sql());
            Await.until(
                    "events come",
                    () -> sql.number("SELECT count() FROM events WHERE site = 'sim-8'") > 50 ? true : null);
            process.toHandle().destroy(); // unlike its own method, leaves what it prints to be read
            assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
            Result result = new Result(
                    process.exitValue(), new String(process.getInputStream().readAllBytes()));
            assertThat(result.exit()).as(result.out()).isZero();
            assertThat(result.out()).contains("\"interrupted\":true");
            assertThat(result.number("produced")).isGreaterThan(50);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aGatewayThatLosesAndDoublesOneEventInTenThousandIsCaught() throws Exception {
        try (var millrace = Millrace.upWithDefect(folder.resolve("data"), "drop,double")) {
            Result result = simulate(millrace, "--devices", "10", "--agents", "10", "--rate", "6000");
            assertThat(result.exit()).as(result.out()).isEqualTo(1);
            assertThat(result.out()).startsWith("{\"ok\":false,");
            assertThat(result.number("acknowledged")).isEqualTo(24_000);
            assertThat(result.number("missing")).isEqualTo(2);
            assertThat(result.number("duplicated")).isEqualTo(2);
            assertThat(result.number("wrong")).isZero();

            Result faulty = underFaults(millrace);
            assertThat(faulty.exit()).as(faulty.out()).isEqualTo(1);
            assertThat(faulty.number("missing")).as(faulty.out()).isEqualTo(1);
            assertThat(faulty.number("duplicated")).as(faulty.out()).isEqualTo(2);
        }
    }

    private Result underFaults(Millrace millrace, String... options) throws Exception {
        Path scenario = Files.writeString(folder.resolve("faults.yaml"), FAULTS);
        List<String> all = new ArrayList<>(List.of(scenario.toString(), "--seconds", "12", "--site", "faulty"));
        all.addAll(List.of(options));
        return run(arguments(millrace, all.toArray(String[]::new)));
    }

    private static Result simulate(Millrace millrace, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--seconds", "4", "--seed", "7"));
        return run(arguments(millrace, all.toArray(String[]::new)));
    }

    private static String[] arguments(Millrace millrace, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of(
                "--mqtt", millrace.mqtt().toString(), "--api", millrace.page().toString()));
        all.addAll(List.of("--sql", millrace.sql(), "--verify", "--json"));
        return all.toArray(String[]::new);
    }

    private static Result run(String... arguments) throws Exception {
        Process process = Millrace.simulator(arguments);
        try {
            String out = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor(Await.MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return new Result(process.exitValue(), out);
        } finally {
            process.destroyForcibly();
        }
    }
}
