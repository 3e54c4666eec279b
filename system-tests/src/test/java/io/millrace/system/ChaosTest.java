package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kill anything, any time: nothing lost, nothing doubled, every gap explained. Faults come in seeded random order, to
 * real processes and connections. A failure tells its seed, its schedule and its folder, which stays.
 *
 * <p>{@code -Dchaos.seed} replays a schedule, {@code -Dchaos.seconds} sets its length, {@code -Dchaos.kills} how often
 * everything is killed at once.
 */
class ChaosTest {
    private static final int SECONDS = 60;
    private static final int SECONDS_LONG = 900;
    private static final int KILLS = 50;

    /** From before the first process serves, to well after all of them do. */
    private static final int LIFE_MILLIS_MIN = 2_000;

    private static final int LIFE_MILLIS_MAX = 15_000;

    /** Room for all tables, which QuestDB makes large from the beginning, and for what comes. */
    private static final int DISK_MEBIBYTES = 4096;

    private static final Duration CHECK_EVERY = Duration.ofSeconds(1);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final List<Edge> edges = new ArrayList<>();
    private int brokerPort;

    @BeforeEach
    void setUp() throws IOException {
        brokerPort = Loopback.freePort();
        for (String whenFull : List.of("drop_oldest", "block", "drop_newest")) {
            String agent = "gw-" + (edges.size() + 1);
            edges.add(new Edge(folder, agent, whenFull, brokerPort, seed + edges.size()));
        }
    }

    @AfterEach
    void tearDown() throws IOException {
        for (Edge edge : edges) {
            edge.close();
        }
    }

    @Test
    void nothingIsLostOrDoubledWhateverBreaks() throws Exception {
        breakThingsFor(Integer.getInteger("chaos.seconds", SECONDS));
    }

    @Test
    @Tag("long")
    void nothingIsLostOrDoubledWhateverBreaksForLong() throws Exception {
        breakThingsFor(Integer.getInteger("chaos.seconds", SECONDS_LONG));
    }

    @Test
    @Tag("long")
    void nothingIsLostOrDoubledWhenEverythingIsKilledAtOnceAgainAndAgain() throws Exception {
        int kills = Integer.getInteger("chaos.kills", KILLS);
        replayable("-Dchaos.seed=%d -Dchaos.kills=%d".formatted(seed, kills), () -> {
            var random = new SplittableRandom(seed);
            for (int kill = 1; kill <= kills; kill++) {
                liveAndDie(kill, random.nextInt(LIFE_MILLIS_MIN, LIFE_MILLIS_MAX));
            }
            try (var millrace = up()) {
                startAgents();
                settle(millrace);
            }
        });
    }

    @Test
    @Tag("long")
    void nothingIsLostOrDoubledWhileTheCloudsDiskIsFull() throws Exception {
        Files.createDirectory(data());
        try (SmallDisk disk = mounted()) {
            replayable("-Dchaos.seed=%d".formatted(seed), () -> {
                startAgents();
                try (var millrace = up()) {
                    millrace.awaitReady();
                    disk.fill();
                    millrace.awaitUnready();
                    disk.free();
                    settle(millrace);
                }
            });
        }
    }

    private SmallDisk mounted() throws InterruptedException {
        try {
            return SmallDisk.mount(data(), DISK_MEBIBYTES);
        } catch (IOException e) {
            return abort("the store gets a disk of its own here, and that cannot be mounted: " + e.getMessage());
        }
    }

    private void breakThingsFor(int seconds) throws Exception {
        Schedule schedule =
                Schedule.of(seed, seconds, edges.stream().map(Edge::agent).toList());
        replayable(schedule.toString(), () -> {
            startAgents();
            try (var millrace = up()) {
                new Saboteur(millrace, edges).play(schedule);
                settle(millrace);
                assertOnlyWeKilled(millrace);
            }
        });
    }

    @FunctionalInterface
    private interface Run {
        void run() throws Exception;
    }

    private void replayable(String how, Run run) {
        System.out.printf("chaos: folder %s, %s%n", folder, how);
        try {
            run.run();
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "chaos run failed; its data and logs stay in %s; to replay it: %s".formatted(folder, how), e);
        }
    }

    private Millrace up() throws IOException {
        return Millrace.up(data(), "--no-demo", "--mqtt-port", Integer.toString(brokerPort));
    }

    private Path data() {
        return folder.resolve("data");
    }

    private void startAgents() throws IOException {
        for (Edge edge : edges) {
            edge.start();
        }
    }

    /** One life of everything, ended by SIGKILL at whatever it is just doing. */
    private void liveAndDie(int kill, int lifeMillis) throws Exception {
        System.out.printf("chaos: kill %d after %d ms%n", kill, lifeMillis);
        Process up = Millrace.start(data(), "--no-demo", "--mqtt-port", Integer.toString(brokerPort));
        startAgents();
        if (up.waitFor(lifeMillis, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("up ended by itself with exit %d in life %d".formatted(up.exitValue(), kill));
        }
        List<ProcessHandle> cloud =
                Stream.concat(Stream.of(up.toHandle()), up.descendants()).toList();
        cloud.forEach(ProcessHandle::destroyForcibly);
        edges.forEach(Edge::kill);
        cloud.forEach(process -> process.onExit().join());
        for (Edge edge : edges) {
            edge.awaitEnd();
        }
    }

    /** Without faults everything recovers by itself; then all must be where the journals say. */
    private void settle(Millrace millrace) throws Exception {
        List<Journal> journals = new ArrayList<>();
        for (Edge edge : edges) {
            journals.add(edge.producer().end());
        }
        var sql = new Sql(millrace.sql());
        for (Journal journal : journals) {
            assertThat(journal.acknowledged())
                    .as("readings that %s took", journal.agent())
                    .isNotEmpty();
            awaitExplained(journal, sql);
        }
        for (Edge edge : edges) {
            edge.stopAndDrain();
        }
        assertAuditClean(millrace);
        for (Journal journal : journals) {
            Reconciliation found = Reconciliation.of(journal, sql);
            System.out.println("chaos: " + found);
            assertThat(found.isClean()).as(found.toString()).isTrue();
        }
        assertThat(sql.number("SELECT count() FROM dead_letters"))
                .as("dead letters")
                .isZero();
    }

    private static void awaitExplained(Journal journal, Sql sql) throws Exception {
        Await.until(
                "agent %s recovers, and all that it took is stored or in a declared gap".formatted(journal.agent()),
                CHECK_EVERY,
                () -> {
                    Reconciliation now = reconciliation(journal, sql);
                    return now == null || !now.lost().isEmpty() ? null : now;
                });
    }

    /** Null while the gateway is away. */
    private static @Nullable Reconciliation reconciliation(Journal journal, Sql sql) throws Exception {
        try {
            return Reconciliation.of(journal, sql);
        } catch (SQLException e) {
            return null;
        }
    }

    private void assertAuditClean(Millrace millrace) throws Exception {
        Process audit =
                Millrace.command("audit", "--json", "--api", millrace.page().toString());
        String json = new String(audit.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(audit.waitFor()).as("exit of the audit, which says %s", json).isZero();
        assertThat(json).doesNotContainPattern("\"(missing|duplicated|waiting)\": ?[1-9]");
        for (Edge edge : edges) {
            assertThat(json).contains('"' + edge.agent() + '"');
        }
    }

    /** Whatever {@code up} started again was killed by us, and did not fall by itself. */
    private static void assertOnlyWeKilled(Millrace millrace) throws IOException {
        try (Stream<String> log = Files.lines(millrace.data().resolve("log/up.log"))) {
            assertThat(log.filter(line -> line.contains("is started again")))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).contains("end=exit 137"));
        }
    }
}
