package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./millrace up} promises about its processes. */
class UpTest {
    private static final Duration STOP_MAX = Duration.ofSeconds(15);

    @TempDir
    private Path data;

    @Test
    void keepsItsChildrenRunningAndTakesThemAlong() throws Exception {
        try (var millrace = Millrace.up(data, "--no-demo")) {
            assertThat(millrace.lines().get(0)).matches("page http://127\\.0\\.0\\.1:\\d+");
            assertThat(millrace.lines().get(1)).matches("mqtt mqtt://127\\.0\\.0\\.1:\\d+");
            assertThat(millrace.lines().get(2))
                    .matches("sql postgresql://millrace@127\\.0\\.0\\.1:\\d+/qdb\\?passfile=/.*/pgpass");
            assertThat(millrace.process("up")).isNotNull();
            assertThat(millrace.process("agent")).isNull();

            assertThat(Millrace.start(data).waitFor())
                    .as("a second up on the same folder")
                    .isEqualTo(3);
            String taken = Integer.toString(millrace.mqtt().getPort());
            assertThat(Millrace.start(data.resolve("other"), "--mqtt-port", taken)
                            .waitFor())
                    .as("an up on a taken port")
                    .isEqualTo(3);

            ProcessHandle broker = millrace.killAndAwaitRestart("broker");
            ProcessHandle gateway = millrace.killAndAwaitRestart("gateway");
            millrace.awaitReady();

            long startedNanos = System.nanoTime();
            assertThat(millrace.stop()).isEqualTo(0);
            assertThat(Duration.ofNanos(System.nanoTime() - startedNanos)).isLessThan(STOP_MAX);
            assertThat(List.of(broker, gateway)).noneMatch(ProcessHandle::isAlive);
        }
    }

    @Test
    void refusesWrongRulesBeforeAnythingCounts() throws Exception {
        Files.writeString(data.resolve("rules.yaml"), "rules:\n  - name: hot\n    when: {abvoe: 80}\n");
        assertThat(Millrace.start(data, "--no-demo").waitFor()).isEqualTo(2);
    }

    @Test
    void leavesNothingBehindWhenItIsKilledItself() throws Exception {
        try (var millrace = Millrace.up(data, "--no-demo")) {
            ProcessHandle broker = Objects.requireNonNull(millrace.process("broker"));
            ProcessHandle gateway = Objects.requireNonNull(millrace.process("gateway"));
            millrace.killUp();
            Await.until("broker and gateway end", () -> (broker.isAlive() || gateway.isAlive()) ? null : true);
        }
    }
}
