package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.api.CannedGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exit codes and messages for those who type, before anything is started or asked. */
class CommandLinesTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    private Path home;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void listsEveryMistakeInOneGo() {
        assertThat(execute("audit", "--from", "yesterday", "--colour", "--to", "tomorrow"))
                .isEqualTo(2);
        assertThat(message()).contains("--from", "'yesterday' is no time", "--colour", "'tomorrow' is no time");
    }

    @Test
    void anUnknownCommandIsWrongUsage() {
        assertThat(execute("simulate")).isEqualTo(2);
        assertThat(message()).contains("simulate");
    }

    @Test
    void aReplayNeedsARangeWithSomethingInIt() {
        assertThat(execute("replay", "--from", "now-1m")).isEqualTo(2);
        assertThat(message()).contains("--to");
        assertThat(execute("replay", "--from", "now", "--to", "now-1m")).isEqualTo(2);
        assertThat(message()).contains("expected --from before --to");
    }

    @Test
    void aSpeedIsANumberAboveZeroOrMax() {
        assertThat(execute("replay", "--from", "now-1m", "--to", "now", "--speed", "-3"))
                .isEqualTo(2);
        assertThat(message()).contains("--speed");
    }

    @Test
    void onlyReadModelsCanBeRebuilt() {
        assertThat(execute("rebuild", "log")).isEqualTo(2);
        assertThat(message()).contains("events", "ledger", "windows");
    }

    @Test
    void aRedriveNamesOneLetterOrAllThatMatch() {
        assertThat(execute("dead-letters", "redrive")).isEqualTo(2);
        assertThat(execute("dead-letters", "redrive", "12-3", "--agent", "gw-7"))
                .isEqualTo(2);
        assertThat(message()).contains("either the ID", "--all");
        assertThat(execute("dead-letters", "list", "--from", "soon", "--limit", "many"))
                .isEqualTo(2);
        assertThat(message()).contains("'soon' is no time", "--limit");
    }

    @Test
    void aClosingNeedsAnAgentAndAReason() {
        assertThat(execute("ledger", "close", "--epoch", "x")).isEqualTo(2);
        assertThat(message()).contains("--agent", "--reason", "--epoch");
    }

    @Test
    void aBacktestNeedsAFileAndARange() {
        assertThat(execute("rules", "backtest")).isEqualTo(2);
        assertThat(message().lines())
                .containsExactly(
                        "Missing required options and parameters: 'FILE', '--from=<from>', '--to=<to>'",
                        "See ./millrace rules --help");
        assertThat(execute("rules", "backtest", home + "/none.yaml", "--from", "now-1h", "--to", "now"))
                .isEqualTo(2);
        assertThat(message()).contains("none.yaml cannot be read: it does not exist. Give");
    }

    @Test
    void aBacktestThatIsNotCompleteDoesNotHold() throws IOException {
        String file = Files.writeString(home.resolve("r.yaml"), "rules: []").toString();
        for (String form : List.of("--json", "--compare")) {
            for (boolean incomplete : List.of(false, true)) {
                try (var gateway = new CannedGateway()) {
                    gateway.answer(200, "{\"rules\": [], \"alerts\": [], \"incomplete\": %s}".formatted(incomplete));
                    String api = gateway.address().toString();
                    assertThat(execute(
                                    "rules", "backtest", file, "--from", "now-1h", "--to", "now", "--api", api, form))
                            .as("%s, incomplete %s", form, incomplete)
                            .isEqualTo(incomplete ? 1 : 0);
                }
            }
        }
    }

    @Test
    void anAddressThatCannotBeIsWrongUsage() {
        assertThat(execute("audit", "--api", "http://127.0.0.1:99999")).isEqualTo(2);
        assertThat(message()).contains("99999", "1 to 65535").doesNotContain("\tat ");
    }

    @Test
    void noGatewayIsUnavailable() throws IOException {
        int nobody = freePort();
        assertThat(execute("audit", "--api", "http://127.0.0.1:" + nobody)).isEqualTo(3);
        assertThat(message()).contains("cannot be reached", "./millrace up");
    }

    @Test
    void upNeedsThreeDifferentPortsInRange() throws IOException {
        pretendBuilt();
        assertThat(execute("up", "--http-port", "70000", "--mqtt-port", "1", "--sql-port", "1"))
                .isEqualTo(2);
        assertThat(message()).contains("--http-port is 70000", "three different");
    }

    @Test
    void aRetentionIsWholeDays() throws IOException {
        pretendBuilt();
        for (String wrong : List.of("90", "0d", "12h", "-1d")) {
            assertThat(execute("up", "--retention=" + wrong)).as(wrong).isEqualTo(2);
            assertThat(message()).contains("--retention is '" + wrong + "'", "such as 90d");
        }
    }

    @Test
    void upRefusesATakenPortBeforeItStartsAnything() throws IOException {
        pretendBuilt();
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(execute("up", "--http-port", "0", "--mqtt-port", port, "--sql-port", "0"))
                    .isEqualTo(3);
            assertThat(message()).contains("--mqtt-port: port " + port);
        }
        assertThat(home.resolve("data/run/broker.pid")).doesNotExist();
    }

    @Test
    void upSaysWhatIsNotBuilt() {
        assertThat(execute("up")).isEqualTo(3);
        assertThat(message()).contains("mqtt-broker.jar is not built");
    }

    private void pretendBuilt() throws IOException {
        for (String jar : List.of(
                "mqtt-broker/target/mqtt-broker.jar",
                "ingest-gateway/target/quarkus-app/quarkus-run.jar",
                "edge-agent/target/edge-agent.jar")) {
            Files.createDirectories(home.resolve(jar).getParent());
            Files.createFile(home.resolve(jar));
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private int execute(String... args) {
        err.reset();
        var commands = new Commands(home, System::nanoTime);
        return CommandLines.execute(commands, NOON, new PrintStream(err, true, StandardCharsets.UTF_8), args);
    }

    private String message() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
