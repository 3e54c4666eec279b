package io.millrace.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.simulator.mqtt.NullBroker;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What cannot be done is refused at once, with every mistake, and never with a stack trace. */
class SimulateCommandTest {
    private static final String FLEET = "{name: a, kind: device, count: 1, metrics: {m: {signal: counter}}";

    @TempDir
    private Path folder;

    private record Result(int exit, String out, List<String> err) {}

    private Result simulate(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        var command = new SimulateCommand(
                new LastUp(folder),
                InstantSource.system(),
                System::nanoTime,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                errors);
        int exit = Main.execute(command, errors, arguments);
        return new Result(
                exit,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8).lines().toList());
    }

    private Result wrong(String... arguments) {
        Result result = simulate(arguments);
        assertThat(result.exit()).as(result.err().toString()).isEqualTo(2);
        assertThat(result.err()).noneMatch(line -> line.startsWith("\tat "));
        return result;
    }

    private String scenario(String yaml) throws IOException {
        return Files.writeString(folder.resolve("s.yaml"), yaml).toString();
    }

    @Test
    void tellsEveryMistakeOfTheCommandLine() {
        List<String> mistakes = wrong(
                        "--devices=-1",
                        "--agents=2000000",
                        "--rate=-5",
                        "--seconds=0",
                        "--mqtt=http://x",
                        "--part=9/2",
                        "--metrics-port=70000",
                        "--report=/nowhere/x.html",
                        "--api=ftp://x",
                        "--site=a/b",
                        "--verify")
                .err();
        for (String option : List.of(
                "--devices is -1",
                "--agents is 2000000",
                "--rate is -5.0",
                "--seconds is 0.0",
                "--mqtt: 'http://x'",
                "--part: part 9 of 2",
                "--metrics-port is 70000",
                "--report is /nowhere/x.html",
                "--api is ftp://x",
                "--site: name holds U+002F",
                "--verify needs a store")) {
            assertThat(mistakes).as(option).anyMatch(line -> line.startsWith("simulate: " + option));
        }
        assertThat(mistakes).hasSize(12); // and where there is help
    }

    @Test
    void portsThatCannotBeAreRefused() {
        assertThat(wrong(
                                "--devices=1",
                                "--verify",
                                "--mqtt=mqtt://127.0.0.1:99999",
                                "--api=http://127.0.0.1:99999",
                                "--sql=postgresql://millrace@127.0.0.1:99999/qdb")
                        .err())
                .filteredOn(line -> line.contains("99999") && line.contains("65535"))
                .hasSize(3);
        assertThat(wrong("--devices=1", "--mqtt=mqtt://127.0.0.1:0").err())
                .anyMatch(line -> line.startsWith("simulate: --mqtt: 'mqtt://127.0.0.1:0'"));
    }

    @Test
    void faultsThatDoNotComeAreTold() throws Exception {
        String file = scenario("""
                fleets: [%s}]
                faults: [{type: disconnect, at: 1s}, {type: outage, at: 30s}, {type: slow, at: 60s}]
                """.formatted(FLEET));
        Result result = simulate(file, "--seconds=30", "--mqtt=mqtt://127.0.0.1:1");
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.err().getFirst())
                .startsWith("simulate: 2 of the scenario's faults would begin after its end");
    }

    @Test
    void aSeedThatIsNoNumberIsToldBesideTheOthers() {
        assertThat(wrong("--devices", "3", "--seed", "seven", "--rate=0").err())
                .anyMatch(line -> line.contains("--seed") && line.contains("seven"))
                .anyMatch(line -> line.startsWith("simulate: --rate is 0.0"));
    }

    @Test
    void zeroDevicesOrTwoWaysToSayItAreRefused() throws Exception {
        assertThat(wrong().err()).anyMatch(line -> line.contains("at least one of either, or a scenario"));
        assertThat(wrong("--devices", "0").err()).anyMatch(line -> line.contains("at least one of either"));
        assertThat(wrong(scenario("fleets: [%s}]".formatted(FLEET)), "--devices", "3")
                        .err())
                .anyMatch(line -> line.contains("one way to say it"));
        assertThat(wrong("--devices", "1", "--seconds", "0.001").err())
                .anyMatch(line -> line.contains("too short for a single event"));
    }

    @Test
    void moreConnectionsThanFilesMayBeOpenAreRefused() {
        assertThat(wrong("--devices", "900000", "--agents", "100000").err())
                .anyMatch(line -> line.matches("simulate: 1000000 connections need as many file descriptors, and this"
                        + " process may open [0-9]+ beside its own: raise ulimit -n.*"));
    }

    @Test
    void tellsEveryMistakeOfAScenario() throws Exception {
        String file = scenario("""
                fleets:
                  - {name: a, kind: device, count: 0, metrics: {m: {signal: sawtooth}, n: {signal: walk, min: 9, max: 1}}}
                  - {name: b, kind: agent, count: 1, csv: nowhere.csv}
                faults:
                  - {type: earthquake}
                """);
        assertThat(wrong(file, "--seconds=-1").err())
                .anyMatch(line -> line.contains("--seconds is -1.0"))
                .anyMatch(line -> line.contains("s.yaml:2:36: fleets[1].count is \"0\""))
                .anyMatch(line -> line.contains("fleets[1].metrics.m.signal is \"sawtooth\", expected one of"))
                .anyMatch(line -> line.contains("fleets[1].metrics.n.min is 9.0, expected at most max (1.0)"))
                .anyMatch(line -> line.contains("fleets[2].csv cannot be played"))
                .anyMatch(line -> line.contains("s.yaml:5:12: faults[1].type is \"earthquake\", expected one of"))
                .hasSize(7);
    }

    @Test
    void aFileThatCannotBeReadIsRefused() {
        assertThat(wrong(folder.resolve("nowhere.yaml").toString()).err())
                .anyMatch(line -> line.contains("nowhere.yaml:1:1: the file cannot be read (it does not exist)")
                        && line.contains("expected a scenario, or one of factory,"));
        assertThat(wrong(folder.toString()).err()).anyMatch(line -> line.contains("the file cannot be read"));
    }

    @Test
    void aRecordingThatIsNotThereIsSaidToBeMissing() throws Exception {
        String file = scenario("fleets: [{name: b, kind: agent, count: 1, csv: nowhere.csv}]");
        assertThat(wrong(file).err())
                .anyMatch(line -> line.contains(
                        "cannot be played (%s: it does not exist)".formatted(folder.resolve("nowhere.csv"))));
    }

    @Test
    void howFarAClockIsOffIsALimitEitherWay() throws Exception {
        String file = scenario("fleets: [%s, clock: {off: -30s}}]".formatted(FLEET));
        assertThat(wrong(file).err())
                .anyMatch(line -> line.contains("clock.off is \"-30s\", expected a duration such as")
                        && line.endsWith("each clock is ahead or behind by up to that"));
    }

    @Test
    void aMergeOfNothingIsAllThatIsWrongWithIt() {
        assertThat(wrong("--merge").err())
                .anyMatch(line -> line.contains("'--merge'"))
                .noneMatch(line -> line.contains("--devices"));
    }

    /** PostgreSQL's driver ends its own with one. */
    @Test
    void aStoreThatIsNotThereIsSaidInSentences() throws Exception {
        try (var broker = new NullBroker(0)) {
            String mqtt = "--mqtt=mqtt://127.0.0.1:" + broker.port();
            Result result = simulate("--devices=1", "--verify", "--sql=postgresql://millrace@127.0.0.1:1/qdb", mqtt);
            assertThat(result.exit()).isEqualTo(3);
            assertThat(result.err())
                    .singleElement()
                    .asString()
                    .contains(". Is ./millrace up")
                    .doesNotContain("..");
            String passfile = "?passfile=" + folder.resolve("nowhere");
            assertThat(simulate("--devices=1", "--verify", "--sql=postgresql://millrace@127.0.0.1:1/qdb" + passfile)
                            .err())
                    .singleElement()
                    .asString()
                    .contains("its passfile %s cannot be read: it does not exist".formatted(folder.resolve("nowhere")));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BEGIN RSA PRIVATE KEY, the key is not PKCS #8",
        "BEGIN EC PRIVATE KEY, the key is not PKCS #8",
        "BEGIN ENCRYPTED PRIVATE KEY, the key has a password"
    })
    void ofAKeyOfAnotherKindItIsSaidHowToConvertIt(String begin, String is) throws Exception {
        Path key = Files.writeString(
                folder.resolve("k.pem"),
                "-----%s-----\nAAAA\n-----%s-----\n".formatted(begin, begin.replace("BEGIN", "END")));
        Path certificate = Files.writeString(folder.resolve("c.pem"), "none");
        assertThat(wrong(
                                "--devices=1",
                                "--mqtt=mqtts://localhost",
                                "--client-cert=" + certificate,
                                "--client-key=" + key)
                        .err())
                .anyMatch(line -> line.endsWith(
                        "%s; this makes one that can be used: openssl pkcs8 -topk8 -nocrypt -in %s -out %s.pk8"
                                .formatted(is, key, key)));
    }

    @Test
    void whatCannotBeProvedIsNotBegun() throws Exception {
        String file = scenario("""
                fleets:
                  - {name: a, kind: device, count: 1, payload: template, template: x, topic: t, metrics: {m: {signal: counter}}}
                  - {name: b, kind: agent, count: 1, metrics: {m: {signal: counter}}}
                """);
        assertThat(wrong(file, "--verify", "--sql", "none").err())
                .anyMatch(line -> line.contains("agents (fleet b) keep what none has receipted"))
                .anyMatch(line -> line.contains("devices of fleet a apart") && line.contains("${device}"));
        assertThat(wrong(file, "--verify", "--sql", "postgresql://millrace@127.0.0.1:1/qdb")
                        .err())
                .anyMatch(line -> line.contains("fleet a") && line.contains("--sql none subscribes"));
    }

    @Test
    void filesForTlsAreCheckedBeforeAnythingIsBegun() {
        assertThat(wrong("--devices=2", "--ca=a", "--client-cert=b", "--client-key=c", "--password-file=d")
                        .err())
                .anyMatch(line -> line.contains("--mqtt is mqtt://127.0.0.1:1883, expected mqtts://"))
                .anyMatch(line -> line.contains("--password-file goes with --user"))
                .anyMatch(line -> line.contains("--password-file d cannot be read: it does not exist"));
        assertThat(wrong("--devices=2", "--mqtt=mqtts://localhost", "--ca=a").err())
                .anyMatch(line -> line.contains("a cannot be used as CA certificates"));
        assertThat(wrong("--devices=2", "--mqtt=mqtts://localhost", "--client-cert=b")
                        .err())
                .anyMatch(line -> line.contains("go together"));
        assertThat(wrong(
                                "--devices=2",
                                "--mqtt=mqtts://localhost",
                                "--client-cert={device}.pem",
                                "--client-key={device}.key")
                        .err())
                .anyMatch(line -> line.contains("device-1.pem cannot be read, nor can 3 more"));
    }

    @Test
    void aBrokerThatIsNotThereIsExitThree() {
        Result result = simulate("--devices", "1", "--mqtt", "mqtt://127.0.0.1:1", "--json");
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.out()).startsWith("{\"ok\":false,\"error\":\"broker mqtt://127.0.0.1:1 cannot be used: ");
        assertThat(result.err())
                .singleElement()
                .asString()
                .contains("Does a broker run there? ./millrace up starts ours; another goes with --mqtt");
    }

    /** It neither waits for answers that cannot come nor keeps to itself what it knows. */
    @Test
    void aBrokerThatDiesUnderASubscriptionEndsTheRunAtOnceWithWhatIsKnown() throws Exception {
        Result result;
        try (var broker = new NullBroker(0)) {
            var running = CompletableFuture.supplyAsync(() -> simulate(
                    "--devices=5",
                    "--rate=100",
                    "--seconds=600",
                    "--sql=none",
                    "--verify",
                    "--json",
                    "--mqtt=mqtt://127.0.0.1:" + broker.port()));
            while (broker.published() < 20) {
                Thread.onSpinWait();
            }
            broker.close();
            result = running.get(20, TimeUnit.SECONDS);
        }
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.out())
                .startsWith("{\"ok\":false,\"error\":\"the subscription at mqtt://127.0.0.1:")
                .containsPattern("\"produced\":[1-9][0-9]+,\"acknowledged\":[1-9][0-9]+,\"stored\":0,\"missing\":null")
                .hasLineCount(1);
        assertThat(result.err())
                .anyMatch(line -> line.contains("Nothing can be proved any more, so the run ends"))
                .last()
                .asString()
                .contains("so nothing is proved: ")
                .endsWith("Run it again");
    }

    @ParameterizedTest
    @EnumSource(
            value = MqttConnectReturnCode.class,
            names = {"CONNECTION_REFUSED_NOT_AUTHORIZED_5", "CONNECTION_REFUSED_SERVER_UNAVAILABLE_5"})
    void aBrokerThatRefusesIsExitThree(MqttConnectReturnCode code) throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread refusing = Thread.ofVirtual().start(() -> refuse(server, code));
            Result result = simulate("--devices", "1", "--mqtt", "mqtt://127.0.0.1:" + server.getLocalPort());
            refusing.join();
            assertThat(result.exit()).isEqualTo(3);
            assertThat(result.err())
                    .singleElement()
                    .asString()
                    .contains("the broker refuses the connection: 0x%02x".formatted(code.byteValue() & 0xFF))
                    .contains("--user and --password-file");
        }
    }

    /** MQTT 5.0, section 3.2: CONNACK, 3 bytes, no session, a reason, no properties. */
    private static void refuse(ServerSocket server, MqttConnectReturnCode code) {
        try (Socket client = server.accept()) {
            assertThat(client.getInputStream().read()).isEqualTo(0x10);
            client.getOutputStream().write(new byte[] {0x20, 3, 0, code.byteValue(), 0});
            client.getOutputStream().flush();
            client.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new AssertionError("the broker failed", e);
        }
    }
}
