package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an agent's process ends. */
class AgentTest {
    @TempDir
    private Path folder;

    /** Its inputs are interrupted then, which must not pass for their failure. */
    @Test
    void endsWithZeroWhenAskedToWhateverItsInputsDo() throws Exception {
        int port = Loopback.freePort();
        Files.writeString(folder.resolve("slow.csv"), """
                time;temperature
                2026-01-01T00:00:00Z;21.5
                2026-01-02T00:00:00Z;21.6
                """);
        Path config = Files.writeString(folder.resolve("agent.yaml"), """
                site: plant-1
                agent: gw-1
                mqtt: mqtt://127.0.0.1:%d
                spool: {dir: ./spool}
                inputs:
                  - type: csv
                    path: slow.csv
                    delimiter: ";"
                    device: pump-1
                    time: {column: time, format: "yyyy-MM-dd'T'HH:mm:ssX", zone: UTC}
                    metrics: {"*": {}}
                    pace: original
                  - {type: http, listen: 127.0.0.1:%d}
                """.formatted(Loopback.freePort(), port));
        Process agent = Millrace.agent(config);
        try {
            Await.until("the agent listens", () -> agent.isAlive() && !Loopback.accepts(port) ? null : true);
            agent.destroy();
            assertThat(agent.waitFor(15, TimeUnit.SECONDS)).isTrue();
            assertThat(agent.exitValue()).isZero();
        } finally {
            agent.destroyForcibly();
        }
    }
}
