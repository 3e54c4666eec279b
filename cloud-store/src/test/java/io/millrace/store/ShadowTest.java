package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.StreamId;
import io.millrace.store.derive.Derivation;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.derive.ProjectionTable;
import io.millrace.store.derive.RebuildTarget;
import io.millrace.store.log.LogEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other rules take over at one position, or not at all; afterwards all is as if they had been there from the beginning. */
class ShadowTest {
    private static final long SEED = 5;
    private static final int WAIT_SECONDS_MAX = 60;
    private static final Set<ProjectionTable> BOTH = EnumSet.allOf(ProjectionTable.class);
    private static final String[] TABLES = {"windows", "alert_transitions"};

    @TempDir
    Path folder;

    @Test
    void rulesThatChangeAtAnyPointGiveWhatTheyGiveFromTheBeginning() throws Exception {
        changeRulesAndCompare(SEED, 2);
    }

    @Test
    @Tag("long")
    void howeverOftenTheyChange() throws Exception {
        for (long seed = SEED + 1; seed < SEED + 20; seed++) {
            changeRulesAndCompare(seed, 6);
        }
    }

    /** Changes rules while entries come in, closes in the middle of a shadow, and compares with a fresh derivation. */
    private void changeRulesAndCompare(long seed, int changes) throws Exception {
        var random = new SplittableRandom(seed);
        var appended = new ArrayList<LogEntry>();
        Path data = folder.resolve("live-" + seed);
        int every = 100;
        for (int change = 0; change < changes; change++) {
            var live = new Counting(every);
            try (var store = TestStore.open(data, live, LiveListener.none())) {
                append(store, random, appended);
                int next = random.nextInt(20, 90);
                boolean isInterrupted = change % 2 == 0;
                CompletableFuture<Long> done = store.store().derivation().replace(new Counting(next), BOTH);
                append(store, random, appended);
                if (!isInterrupted) {
                    long at = done.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
                    assertThat(at).isBetween(1L, store.store().log().head());
                    assertThat(live.every()).isEqualTo(next);
                    append(store, random, appended);
                    every = next;
                    assertThat(store.dump(TABLES))
                            .as("seed %d, change %d", seed, change)
                            .isEqualTo(fromTheBeginning(every, appended, seed + "-" + change));
                }
            }
            every = everyAfterRestart(data, every, appended, seed + "-r" + change);
        }
    }

    /** The store was closed while a shadow was under way, or right after: the tables say all of one rule. */
    private int everyAfterRestart(Path data, int wanted, List<LogEntry> appended, String name) throws Exception {
        var live = new Counting(wanted);
        try (var store = TestStore.open(data, live, LiveListener.none())) {
            store.settle();
            int every = (int) live.every();
            assertThat(store.dump(TABLES)).as(name).isEqualTo(fromTheBeginning(every, appended, name));
            return every;
        }
    }

    private List<String> fromTheBeginning(int every, List<LogEntry> entries, String name) throws Exception {
        try (var store = TestStore.open(folder.resolve("fresh-" + name), new Counting(every), LiveListener.none())) {
            store.append(entries.toArray(LogEntry[]::new));
            return store.dump(TABLES);
        }
    }

    private static void append(TestStore store, SplittableRandom random, List<LogEntry> appended) throws Exception {
        for (int n = random.nextInt(5, 40); n > 0; n--) {
            long first = random.nextInt(1, 5_000);
            var stream = new StreamId("plant", "gw-" + random.nextInt(3), "telemetry", 1);
            LogEntry entry = Sent.batch(stream, first, first + random.nextInt(1, 60));
            store.append(entry);
            appended.add(entry);
        }
    }

    @Test
    void whatIsLiveGoesOnUntilTheShadowTakesOverAndReadersNeverMissATable() throws Exception {
        var told = new ArrayList<Long>();
        LiveListener listener = (fresh, _, _) -> told.add(fresh.position());
        try (var store = TestStore.open(folder.resolve("live"), new Counting(100), listener)) {
            for (int i = 0; i < 300; i++) {
                store.append(Sent.batch(Sent.STREAM, i * 50 + 1, i * 50 + 50));
            }
            store.settle();
            Derivation derivation = store.store().derivation();
            CompletableFuture<Long> done = derivation.replace(new Counting(50), BOTH);
            long rows = 0;
            while (!done.isDone()) {
                derivation
                        .progress()
                        .rebuild()
                        .ifPresent(rebuild -> assertThat(rebuild.isShadow()).isTrue());
                rows = store.query("SELECT device FROM windows").size();
                assertThat(rows).isIn(150L, 300L);
            }
            done.get();
            assertThat(store.settle().query("SELECT device FROM windows")).hasSize(300);
            store.append(Sent.batch(Sent.STREAM, 20_001, 20_100));
            assertThat(store.settle().query("SELECT device FROM windows")).hasSize(302);
            assertThat(told).hasSize(301).doesNotHaveDuplicates();
            assertThat(derivation.progress().rebuild()).isEmpty();
        }
    }

    @Test
    void aTableThatSaysTheSameIsLeftAlone() throws Exception {
        try (var store = TestStore.open(folder.resolve("live"), new Counting(100), LiveListener.none())) {
            store.append(Sent.batch(Sent.STREAM, 1, 1_000));
            store.settle();
            store.store()
                    .derivation()
                    .replace(new Counting(50), Set.of(ProjectionTable.ALERT_TRANSITIONS))
                    .get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
            assertThat(store.settle().query("SELECT device FROM windows")).hasSize(10);
            assertThat(store.query("SELECT device FROM alert_transitions")).hasSize(20);
        }
    }

    @Test
    void aNewerOneIsPutInThePlaceOfOneThatIsUnderWay() throws Exception {
        try (var store = TestStore.open(folder.resolve("live"), new Counting(100), LiveListener.none())) {
            for (int i = 0; i < 100; i++) {
                store.append(Sent.batch(Sent.STREAM, i * 50 + 1, i * 50 + 50));
            }
            Derivation derivation = store.store().derivation();
            CompletableFuture<Long> first = derivation.replace(new Counting(70), BOTH);
            assertThatThrownBy(() -> derivation.rebuild(RebuildTarget.EVENTS).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("a rebuild is going on already");
            CompletableFuture<Long> second = derivation.replace(new Counting(50), BOTH);
            second.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
            assertThat(first).isDone();
            assertThat(store.settle().query("SELECT device FROM windows")).hasSize(100);
        }
    }

    @Test
    void aShadowThatFailsLeavesWhatIsLive() throws Exception {
        try (var store = TestStore.open(folder.resolve("live"), new Counting(100), LiveListener.none())) {
            store.append(Sent.batch(Sent.STREAM, 1, 1_000));
            List<String> before = store.settle().dump(TABLES);
            var failing = new Counting(50) {
                @Override
                public byte[] snapshot() {
                    throw new IllegalStateException("out of memory, say");
                }
            };
            CompletableFuture<Long> done = store.store().derivation().replace(failing, BOTH);
            assertThatThrownBy(() -> done.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS))
                    .hasMessageContaining("out of memory, say");
            assertThat(store.dump(TABLES)).isEqualTo(before);
        }
    }

    /** Is killed while a shadow takes over. */
    static final class Doomed {
        public static void main(String[] args) throws Exception {
            Path data = Path.of(args[0]);
            int killedAfterMillis = Integer.parseInt(args[1]);
            var live = new Counting(100);
            try (var store = TestStore.open(data, live, LiveListener.none())) {
                if (store.store().log().head() == 0) {
                    entries().forEach(entry -> appendTo(store, entry));
                }
                System.out.println("every " + live.every());
                store.dump(TABLES).forEach(row -> System.out.println("row " + row));
                Path checkpoint = data.resolve("store").resolve("checkpoint");
                var next = new Counting(live.every() == 100 ? 60 : 100) {
                    @Override
                    public byte[] snapshot() {
                        Thread.ofPlatform().daemon().start(() -> kill(checkpoint, killedAfterMillis));
                        return super.snapshot();
                    }
                };
                store.store().derivation().replace(next, BOTH).get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
                Thread.sleep(WAIT_SECONDS_MAX * 1_000L); // until it is killed
            }
        }

        private static void appendTo(TestStore store, LogEntry entry) {
            try {
                store.append(entry);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** So long after the checkpoint was replaced that says that the shadow is live. */
        private static void kill(Path checkpoint, int millis) {
            try {
                Object before = Files.readAttributes(checkpoint, "unix:ino").get("ino");
                while (millis >= 0
                        && Files.readAttributes(checkpoint, "unix:ino")
                                .get("ino")
                                .equals(before)) {
                    Thread.onSpinWait();
                }
                Thread.sleep(Math.max(0, millis));
            } catch (Exception e) {
                System.err.println(e);
            }
            Runtime.getRuntime().halt(9);
        }
    }

    private static List<LogEntry> entries() {
        var entries = new ArrayList<LogEntry>();
        for (int i = 0; i < 40; i++) {
            entries.add(Sent.batch(Sent.STREAM, i * 50 + 1, i * 50 + 50));
        }
        return entries;
    }

    @Test
    void aKillWhileItTakesOverLeavesAllOfTheOldOrAllOfTheNew() throws Exception {
        killAndCompare(List.of(-1, 0, 4));
    }

    @Test
    @Tag("long")
    void howeverOftenItIsKilled() throws Exception {
        var random = new SplittableRandom(SEED);
        killAndCompare(random.ints(60, 0, 20).boxed().toList());
    }

    private void killAndCompare(List<Integer> delays) throws Exception {
        var expected = List.of(fromTheBeginning(100, entries(), "100"), fromTheBeginning(60, entries(), "60"));
        for (int delay : delays) {
            List<String> said = runUntilKilled(folder.resolve("doomed"), delay);
            List<String> rows = said.stream()
                    .filter(line -> line.startsWith("row "))
                    .map(line -> line.substring("row ".length()))
                    .toList();
            assertThat(rows)
                    .as("before a kill after %d ms", delay)
                    .isEqualTo(expected.get(said.contains("every 100") ? 0 : 1));
        }
    }

    private static List<String> runUntilKilled(Path data, int delay) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Doomed.class.getName(),
                        data.toString(),
                        Integer.toString(delay))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            List<String> lines = process.inputReader().lines().toList();
            assertThat(process.waitFor()).as("killed").isEqualTo(9);
            return lines;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
