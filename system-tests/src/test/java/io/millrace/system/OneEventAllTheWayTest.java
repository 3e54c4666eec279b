package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a file on the edge to rows, windows and alerts, while the processes in between are killed. */
class OneEventAllTheWayTest {
    private static final String RULES = """
            rules:
              - name: flow-low
                on: {device: "pump-*", metric: "Volume Flow RateRMS"}
                window: {type: tumbling, size: 1m}
                when: {aggregate: mean, below: 31.8, clear: 32.2}
                severity: major
            """;

    @TempDir
    private Path folder;

    @Test
    void aRecordingIsStoredOnceValueByValueWhateverIsKilled() throws Exception {
        Recording recording = Recording.made(folder.resolve("pump.csv"), 1_200);
        try (var millrace = up()) {
            Path config = config(millrace, recording, "gw-7", "20x"); // a minute of reading, to be killed in
            Process agent = Millrace.agent(config);
            var sql = new Sql(millrace.sql());
            awaitEvents(sql, 300);
            millrace.killAndAwaitRestart("gateway");
            agent = killAndStartAgain(agent, config);
            awaitEpochs(sql, 2);
            millrace.killAndAwaitRestart("broker");
            agent = killAndStartAgain(agent, config);
            awaitEpochs(sql, 3);
            end(agent);
            drain(config(millrace, recording, "gw-7", "max"));
            awaitEvents(sql, recording.readings().size());
            assertThat(Recording.stored(sql, "gw-7")).isEqualTo(recording.readings());
            assertThat(exit(Millrace.command("audit", "--api", millrace.page().toString())))
                    .as("audit")
                    .isZero();
            assertThat(sql.number("SELECT count() FROM dead_letters")).isZero();
        }
    }

    @Test
    void theRealRecordingRaisesAndClearsItsAlertInTheFaultyStretch() throws Exception {
        @Nullable Recording found = Recording.real("valve1-0.csv");
        assumeTrue(found != null, "no recording skab/valve1-0.csv: set MILLRACE_DATA to the folder that holds skab/");
        Recording recording = Objects.requireNonNull(found);
        try (var millrace = up()) {
            drain(config(millrace, recording, "gw-8", "max"));
            var sql = new Sql(millrace.sql());
            var readings = recording.readings();
            assertThat(readings).hasSize(9_176);
            awaitEvents(sql, readings.size());
            assertThat(Recording.stored(sql, "gw-8")).isEqualTo(readings);

            String transitions = "SELECT transition, ts FROM alert_transitions WHERE rule = 'flow-low' ORDER BY ts";
            List<List<String>> before = Await.until("the alert is raised and cleared", () -> {
                List<List<String>> rows = sql.rows(transitions);
                return rows.size() < 2 ? null : rows;
            });
            assertThat(before).extracting(List::getFirst).containsExactly("raised", "cleared");
            assertThat(before.get(0).get(1)).isBetween("2020-03-09 10:24:35", "2020-03-09 10:26:00");
            assertThat(before.get(1).get(1)).isBetween("2020-03-09 10:31:00", "2020-03-09 10:34:00");

            String windows = "SELECT * FROM windows ORDER BY ts, metric, version";
            List<List<String>> windowsBefore = sql.rows(windows);
            millrace.killAndAwaitRestart("gateway");
            Await.until("SQL is back", () -> count(sql));
            assertThat(sql.rows(transitions)).isEqualTo(before);
            assertThat(sql.rows(windows)).containsAll(windowsBefore);
        }
    }

    private Millrace up() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(data.resolve("rules.yaml"), RULES);
        return Millrace.up(data, "--no-demo");
    }

    private Path config(Millrace millrace, Recording recording, String agent, String pace) throws Exception {
        return Files.writeString(
                folder.resolve(agent + ".yaml"), """
                site: plant-1
                agent: %s
                mqtt: %s
                spool: {dir: ./spool-%s}
                inputs:
                  - type: csv
                    path: %s
                    delimiter: ";"
                    device: pump-1
                    time: {column: datetime, format: "yyyy-MM-dd HH:mm:ss", zone: UTC}
                    metrics:
                      "*": {}
                    skip: [anomaly, changepoint]
                    pace: %s
                """.formatted(agent, millrace.mqtt(), agent, recording.file(), pace));
    }

    private static Process killAndStartAgain(Process agent, Path config) throws Exception {
        agent.destroyForcibly().waitFor();
        return Millrace.agent(config);
    }

    private static void end(Process agent) throws InterruptedException {
        agent.destroy();
        assertThat(exit(agent)).as("exit of an agent that was asked to end").isZero();
    }

    private static void drain(Path config) throws Exception {
        assertThat(exit(Millrace.agent(config, "--until-drained")))
                .as("exit of the agent")
                .isZero();
    }

    private static int exit(Process process) throws InterruptedException {
        if (!process.waitFor(Await.MAX.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the process still runs after " + Await.MAX);
        }
        return process.exitValue();
    }

    /** Each start of an agent begins an epoch: events of its own show that the path works again behind it. */
    private static void awaitEpochs(Sql sql, long count) throws Exception {
        Await.until("events of start " + count + " of the agent are stored", () -> {
            Long now = number(sql, "SELECT count_distinct(epoch) FROM events");
            return now != null && now >= count ? true : null;
        });
    }

    private static @Nullable Long count(Sql sql) throws Exception {
        return number(sql, "SELECT count() FROM events");
    }

    /** Null while the gateway is away. */
    private static @Nullable Long number(Sql sql, String query) throws Exception {
        try {
            return sql.number(query);
        } catch (SQLException e) {
            return null;
        }
    }

    private static void awaitEvents(Sql sql, long count) throws Exception {
        Await.until(count + " events are stored", () -> {
            Long now = count(sql);
            return now != null && now >= count ? true : null;
        });
    }
}
