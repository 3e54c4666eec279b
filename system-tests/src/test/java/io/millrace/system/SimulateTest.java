package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code ./millrace simulate} tells the truth: clean where all is well, whatever fault is injected, and not where one event
 * in 10 000 is lost and another doubled. The gateway with that defect counts events, so each run against it has 10 000: then
 * exactly one is missing and exactly one is doubled, in each, as long as each run here against it has as many.
 */
class SimulateTest {
    private static final int EVENTS = 10_000;

    /** 2 000 readings of plain devices, 8 000 events of agents. */
    private static final String FLEETS = """
            length: 2500ms
            fleets:
              - {name: dev, kind: device, count: 50, every: 125ms, jitter: 0.2%s,
                 metrics: {t: {unit: °C, signal: sine, mean: 20, amplitude: 2}, c: {signal: counter}}}
              - {name: agt, kind: agent, count: 10, devices: 32, every: 100ms%s,
                 metrics: {t: {signal: walk, min: 1, max: 9}}}
            """;

    @TempDir
    private static Path folder;

    private static Millrace clean;
    private static Millrace defective;

    /**
     * One kind of fault.
     *
     * @param yaml how a scenario file asks for it
     * @param injected what the report must then have counted; empty if it counts none
     */
    private record Kind(String name, String yaml, String injected) {
        Path scenario() throws Exception {
            String clock = name.equals("clock") ? ", clock: {share: 0.5, off: 30s, drift-ppm: 500}" : "";
            String faults = yaml.isEmpty() ? "" : "faults: [{type: %s}]\n".formatted(yaml);
            return Files.writeString(folder.resolve(name + ".yaml"), FLEETS.formatted(clock, clock) + faults);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Kind> kinds() {
        return List.of(
                new Kind("disconnect", "disconnect, at: 500ms, every: 700ms, times: 3, share: 0.5", "disconnect"),
                new Kind("outage", "outage, at: 500ms, for: 1500ms, share: 0.7", "outage"),
                new Kind("half-open", "half_open, at: 500ms, for: 1500ms, share: 0.5", "half_open"),
                new Kind("slow", "slow, at: 500ms, for: 1500ms, bytes-per-second: 20000, latency: 100ms", "slow"),
                new Kind("herd", "herd, at: 500ms, for: 1s", "herd"),
                new Kind(
                        "random",
                        "random, per-minute: 60, for: 1s, share: 0.5",
                        "(disconnect|outage|half_open|slow|herd)"),
                new Kind("duplicate", "duplicate, probability: 0.05", "duplicate"),
                new Kind("reorder", "reorder, by: 1s", "reorder"),
                new Kind("garbage", "garbage, probability: 0.02", "garbage"),
                new Kind("clock", "", ""));
    }

    private record Result(int exit, String out) {
        /** The whole number under a key of the JSON object. */
        long number(String key) {
            String from = out.substring(out.indexOf("\"" + key + "\":") + key.length() + 3);
            return Long.parseLong(from.substring(0, from.indexOf(',')));
        }
    }

    @BeforeAll
    static void start() throws Exception {
        var second = CompletableFuture.supplyAsync(() -> {
            try {
                return Millrace.upWithDefect(folder.resolve("defective"), "drop,double");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        clean = Millrace.up(folder.resolve("clean"), "--no-demo");
        defective = second.join();
    }

    @AfterAll
    static void stop() {
        clean.close();
        defective.close();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aFaultExplainsNothingAwayAndHidesNoDefect(Kind kind) throws Exception {
        String scenario = kind.scenario().toString();
        Process run = Millrace.simulator(arguments(clean, scenario, "--site", kind.name()));
        Process caught = Millrace.simulator(arguments(defective, scenario, "--site", kind.name()));

        Result result = result(run);
        assertThat(result.exit()).as(result.out()).isZero();
        assertThat(result.out()).startsWith("{\"ok\":true,\"reasons\":[],");
        assertThat(result.number("acknowledged")).isEqualTo(EVENTS);
        assertThat(result.number("stored")).isEqualTo(EVENTS);
        if (!kind.injected().isEmpty()) {
            assertThat(result.out()).containsPattern("\"" + kind.injected() + "\":[1-9]");
        } else { // clocks: at once, and yet long ago or soon
            String apart = "SELECT datediff('s', min(ts), max(ts)) FROM events WHERE site = '%s'";
            assertThat(new Sql(clean.sql()).number(apart.formatted(kind))).isGreaterThan(20);
        }

        Result defect = result(caught);
        assertThat(defect.exit()).as(defect.out()).isEqualTo(1);
        assertThat(defect.out())
                .startsWith("{\"ok\":false,\"reasons\":[\"1 event is missing\",\"1 event is duplicated\"],")
                .containsPattern("\"first\":\\{\"missing\":\\[\"[^\"]+ at 2[^\"]+\"],\"duplicated\":\\[\"[^\"]+ at 2");
        assertThat(defect.number("acknowledged")).isEqualTo(EVENTS);
        assertThat(defect.number("stored")).isEqualTo(EVENTS - 1);
        assertThat(defect.number("wrong")).isZero();
    }

    @Test
    void aFleetIsPlayedInPartsWhoseReportsBecomeOne() throws Exception {
        List<String> parts = new ArrayList<>(List.of("--merge"));
        List<Process> running = new ArrayList<>();
        String scenario = kinds().getLast().scenario().toString();
        for (String part : List.of("1/2", "2/2")) {
            running.add(Millrace.simulator(
                    arguments(clean, scenario, "--site", "parts", "--seconds", "1.25", "--part", part)));
        }
        for (Process process : running) {
            Result result = result(process);
            assertThat(result.exit()).as(result.out()).isZero();
            Path file = folder.resolve("part-%d.json".formatted(parts.size()));
            parts.add(Files.writeString(file, result.out()).toString());
        }
        Path page = folder.resolve("parts.html");
        parts.addAll(List.of("--json", "--report", page.toString()));
        Result merged = result(Millrace.simulator(parts.toArray(String[]::new)));
        assertThat(merged.exit()).as(merged.out()).isZero();
        assertThat(merged.number("stored")).isEqualTo(EVENTS / 2);
        assertThat(page).content().contains("Every event is stored once", "50 devices <b>dev</b>", "<svg");

        Result missing = result(Millrace.simulator("--merge", parts.get(1)));
        assertThat(missing.exit()).isEqualTo(2);
    }

    @Test
    void flagsAloneMakeAFleetThatVerifiesCleanAgainAndAgain() throws Exception {
        for (int run = 1; run <= 2; run++) {
            Result result = result(Millrace.simulator(arguments(
                    clean, "--devices", "40", "--agents", "5", "--rate", "6000", "--seconds", "1", "--seed", "7")));
            assertThat(result.exit()).as(result.out()).isZero();
            assertThat(result.out()).contains("\"seed\":7,");
            assertThat(result.number("produced")).isEqualTo(6_000);
            assertThat(result.number("stored")).isEqualTo(6_000);
        }
        assertThat(new Sql(clean.sql()).number("SELECT count() FROM events WHERE site = 'sim-7'"))
                .isEqualTo(12_000);
    }

    @Test
    void endsWithinSecondsWhenAskedTo() throws Exception {
        Process process = Millrace.simulator(arguments(
                clean, "--devices", "10", "--agents", "2", "--rate", "100", "--seconds", "600", "--seed", "8"));
        try {
            var sql = new Sql(clean.sql());
            Await.until(
                    "events come",
                    () -> sql.number("SELECT count() FROM events WHERE site = 'sim-8'") > 50 ? true : null);
            process.toHandle().destroy(); // unlike its own method, leaves what it prints to be read
            assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
            Result result = result(process);
            assertThat(result.exit()).as(result.out()).isZero();
            assertThat(result.out()).contains("\"interrupted\":true");
            assertThat(result.number("produced")).isGreaterThan(50);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void tellsThatABrokerIsNotThere() throws Exception {
        Result refused = result(
                Millrace.simulator("--devices", "1", "--mqtt", "mqtt://127.0.0.1:" + Loopback.freePort(), "--json"));
        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.out()).contains("\"ok\":false", "cannot be used");
    }

    private static String[] arguments(Millrace millrace, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of(
                "--mqtt", millrace.mqtt().toString(), "--api", millrace.page().toString()));
        all.addAll(List.of("--sql", millrace.sql(), "--verify", "--json"));
        return all.toArray(String[]::new);
    }

    private static Result result(Process process) throws Exception {
        try {
            String out = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor(Await.MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return new Result(process.exitValue(), out);
        } finally {
            process.destroyForcibly();
        }
    }
}
