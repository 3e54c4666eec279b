package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.StreamId;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.log.LogEntry;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that appends is killed without a warning, again and again: what it vouched for is there once. */
class KillTest {
    private static final long SEED = 3;
    private static final int EVENTS = 20;

    @TempDir
    Path data;

    /** Appends batches until it is killed; prints the first sequence of each batch that the log vouched for. */
    static final class Appender {
        public static void main(String[] args) throws Exception {
            var stream = new StreamId("plant", "gw", "telemetry", Long.parseLong(args[1]));
            try (var store = TestStore.open(Path.of(args[0]), new Counting(), LiveListener.none())) {
                for (long first = 1; ; first += 3 * EVENTS) {
                    var batches = new LogEntry[3];
                    for (int i = 0; i < 3; i++) {
                        batches[i] = Sent.batch(stream, first + i * EVENTS, first + (i + 1) * EVENTS - 1);
                    }
                    store.append(batches);
                    System.out.println("vouched " + (first + 3 * EVENTS - 1));
                }
            }
        }
    }

    @Test
    void whatWasVouchedForIsThereOnceAfterAKill() throws Exception {
        killAndCheck(2);
    }

    @Test
    @Tag("long")
    void howeverOftenItIsKilled() throws Exception {
        killAndCheck(40);
    }

    private void killAndCheck(int rounds) throws Exception {
        var random = new SplittableRandom(SEED);
        List<Long> vouched = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            vouched.add(appendUntilKilled(round, random.nextInt(1, 150)));
        }
        try (var store = TestStore.open(data, new Counting(), LiveListener.none())) {
            var appended = store.append(Sent.batch(new StreamId("plant", "gw", "telemetry", rounds + 1L), 1, 1));
            assertThat(sequencesInLog(store, appended)).doesNotHaveDuplicates();
            var lanes = store.audit().lanes();
            for (int round = 1; round <= rounds; round++) {
                long epoch = round;
                assertThat(lanes)
                        .filteredOn(lane -> lane.stream().epoch() == epoch)
                        .as("round %d", round)
                        .singleElement()
                        .satisfies(lane -> {
                            assertThat(lane.stored()).isGreaterThanOrEqualTo(vouched.get((int) epoch - 1));
                            assertThat(lane.missing() + lane.duplicated() + lane.waiting())
                                    .isZero();
                        });
            }
            assertThat(store.audit().ok()).isTrue();
        }
    }

    /** The names of all batches, having seen that positions have no hole up to the last one. */
    private static List<String> sequencesInLog(TestStore store, long last) throws Exception {
        var names = new ArrayList<String>();
        try (var reader = store.store().log().read(1)) {
            for (var entry = reader.next(); entry != null; entry = reader.next()) {
                assertThat(entry.position()).isEqualTo(names.size() + 1L);
                names.add(entry.entry().epoch() + "/" + entry.entry().first());
            }
        }
        assertThat(names).hasSize((int) last);
        return names;
    }

    /** Runs an appender, kills it after some commits, and gives the last sequence that it vouched for. */
    private long appendUntilKilled(int epoch, int commits) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Appender.class.getName(),
                        data.toString(),
                        Integer.toString(epoch))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long vouched = 0;
        try (BufferedReader out = process.inputReader()) {
            int seen = 0;
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith("vouched ")) {
                    vouched = Long.parseLong(line.substring("vouched ".length()));
                    if (++seen == commits) {
                        // by its handle: the process itself would close the stream that still holds some lines
                        process.toHandle().destroyForcibly();
                    }
                }
            }
            assertThat(seen).as("commits before the kill").isGreaterThanOrEqualTo(commits);
        } finally {
            process.destroyForcibly().waitFor();
        }
        return vouched;
    }
}
