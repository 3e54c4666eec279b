package io.millrace.gateway.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.admit.Admission;
import io.millrace.gateway.admit.PlainEvents;
import io.millrace.gateway.admit.SeriesRegistry;
import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Topics;
import io.millrace.model.Value;
import io.millrace.model.wire.Durability;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.Receipt;
import io.millrace.model.wire.WireEncoder;
import io.millrace.store.Store;
import io.millrace.store.StoreConfig;
import io.millrace.store.audit.AuditFilter;
import io.millrace.store.audit.AuditReport;
import io.millrace.store.audit.AuditResult;
import io.millrace.store.derive.Derivation;
import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.LatestValue;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.derive.Output;
import io.millrace.store.derive.Projection;
import io.millrace.store.derive.ProjectionTable;
import io.millrace.store.derive.RebuildTarget;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LogReader;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.log.Verdicts;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gateway dies at each step of the commit loop in turn, as by SIGKILL: what was receipted is stored once, and after
 * all is sent again nothing is missing or doubled. Each life begins on what the one before left behind.
 */
class CommitLoopKillTest {
    private static final int EVENTS = 10;
    private static final int MESSAGES = 3;
    private static final int KILLED = 137;

    /** Longer than the derivation waits for QuestDB to show a committed row, after which it begins again. */
    private static final int WAIT_SECONDS_MAX = 90;

    /** From here on a victim tells what its threads do, whether it dies in time or not. */
    private static final int SLOW_SECONDS = 30;

    private static final long TIME = 1_767_225_600_000_000L;

    /** Where to die. */
    private enum Step {
        BEFORE_APPEND(1, 3),
        AFTER_APPEND(2, 3),
        AFTER_OFFER(3, 3),
        BEFORE_RECEIPT(4, 2),
        AFTER_RECEIPT(5, 2),
        BEFORE_ACKNOWLEDGEMENT(6, 5),
        AFTER_ACKNOWLEDGEMENT(7, 5),
        WHILE_FOLDING(8, 5),
        WHILE_WRITING_A_CHECKPOINT(9, 1);

        private final long epoch;

        /** The time it is come to at which it is fatal. */
        private final int fatal;

        Step(long epoch, int fatal) {
            this.epoch = epoch;
            this.fatal = fatal;
        }
    }

    @TempDir
    Path data;

    @Test
    void whatWasReceiptedIsThereOnceWhereverTheGatewayDies() throws Exception {
        Map<Step, Long> receipted = new EnumMap<>(Step.class);
        for (Step step : Step.values()) {
            receipted.put(step, liveUntil(step));
        }
        try (Store store = open(data, Projection.none())) {
            Map<Long, AuditReport.Lane> lanes = lanes(store);
            for (Step step : Step.values()) {
                AuditReport.Lane lane = lanes.get(step.epoch);
                long stored = lane == null ? 0 : lane.stored();
                assertThat(stored)
                        .as("%s: stored of what was receipted", step)
                        .isGreaterThanOrEqualTo(receipted.get(step));
                assertThat(lane == null ? 0 : lane.waiting())
                        .as("%s: holes", step)
                        .isZero();
            }
            assertThat(receipted.values()).as("receipts before the kills").anyMatch(last -> last > 0);
            sendAllAgain(store);
            for (AuditReport.Lane lane : lanes(store).values()) {
                assertThat(lane.stored()).isEqualTo(lane.produced()).isEqualTo(100L);
                assertThat(lane.missing() + lane.duplicated() + lane.waiting()).isZero();
            }
        }
    }

    private static void sendAllAgain(Store store) throws InterruptedException {
        for (Step step : Step.values()) {
            for (long first = 1; first <= 100; first += EVENTS) {
                Envelope envelope = envelope(step.epoch, first);
                EventBatch events = events(first);
                byte[] message = new WireEncoder().encode(envelope, events);
                LogEntry entry = LogEntry.batch(envelope, TIME, TIME + EVENTS, Verdicts.NONE, message);
                var logged = (AppendResult.Logged) store.log().append(List.of(entry));
                store.derivation()
                        .offer(List.of(
                                new LoggedEntry(logged.firstPosition(), logged.committedMicros(), entry, events)));
            }
        }
        assertThat(store.awaitVisible(Duration.ofSeconds(60))).isTrue();
    }

    private static Map<Long, AuditReport.Lane> lanes(Store store) throws InterruptedException {
        var done = (AuditResult.Done) store.audit().run(AuditFilter.ALL);
        var lanes = new HashMap<Long, AuditReport.Lane>();
        done.report().lanes().forEach(lane -> lanes.put(lane.stream().epoch(), lane));
        assertThat(done.report().ok()).isTrue();
        return lanes;
    }

    private static Store open(Path folder, Projection projection) throws Exception {
        return Store.open(
                new StoreConfig(folder, 0, Durability.OS),
                Clock.systemUTC(),
                new PlainEvents(),
                projection,
                LiveListener.none());
    }

    private static Envelope envelope(long epoch, long first) {
        return new Envelope(new StreamId("plant", "gw", "telemetry", epoch), first, EVENTS, false, 0, 0, null);
    }

    private static EventBatch events(long first) {
        var events = EventBatch.builder();
        for (int i = 0; i < EVENTS; i++) {
            events.add(new Event(
                    new Series("pump", "pressure", "bar"), TIME + i, new Value.Whole(first + i), Quality.GOOD));
        }
        return events.build();
    }

    /** Runs a gateway's commit loop until it dies; gives the last sequence that it sent a receipt for. */
    private long liveUntil(Step step) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        data.toString(),
                        step.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long last = 0;
        var said = new ArrayList<String>();
        try (BufferedReader out = process.inputReader()) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith("receipt ")) {
                    last = Math.max(last, Long.parseLong(line.substring("receipt ".length())));
                } else {
                    said.add(line);
                }
            }
            assertThat(process.waitFor())
                    .as("died at %s, and said %s", step, said)
                    .isEqualTo(KILLED);
        } finally {
            process.destroyForcibly().waitFor();
        }
        return last;
    }

    /** A commit loop on a real store that dies at one step; says which sequences it sent receipts for. */
    static final class Victim {
        public static void main(String[] args) throws Exception {
            var fate = new Fate(Step.valueOf(args[1]));
            Store store = open(Path.of(args[0]), new Folding(fate));
            var inbox = new Inbox();
            var loop = new CommitLoop(
                    inbox,
                    new Admission(new SeriesRegistry()),
                    new DoomedLog(store.log(), fate),
                    new DoomedDerivation(store.derivation(), fate),
                    (to, receipt) -> {
                        fate.at(Step.BEFORE_RECEIPT);
                        for (Interval interval : ((Receipt.Settled) receipt).settled()) {
                            System.out.println("receipt " + interval.last());
                        }
                        fate.at(Step.AFTER_RECEIPT);
                    },
                    new NoFigures(),
                    new ReadModelLag(store.derivation()::progress, () -> 0),
                    () -> 0,
                    () -> TIME,
                    System::nanoTime,
                    Duration.ofMillis(1));
            Thread.ofPlatform().start(loop);
            feed(inbox, fate.fatal.epoch, fate);
            // A step on another thread may still be to come; if it never is, the exit code says so.
            var _ = new CountDownLatch(1).await(SLOW_SECONDS, TimeUnit.SECONDS);
            System.err.printf(
                    "%s is not come to after %d s: %s%n",
                    fate.fatal, SLOW_SECONDS, store.derivation().progress());
            Thread.getAllStackTraces()
                    .forEach((thread, stack) -> System.err.println(thread.getName() + ": " + List.of(stack)));
            var _ = new CountDownLatch(1).await(WAIT_SECONDS_MAX - SLOW_SECONDS, TimeUnit.SECONDS);
            Runtime.getRuntime().halt(1);
        }

        /** Three messages at a time, the next ones when these are acknowledged; 90 events at most. */
        private static void feed(Inbox inbox, long epoch, Fate fate) throws InterruptedException {
            String topic = Topics.batch("plant", "gw", "telemetry");
            long first = 1;
            while (first + MESSAGES * EVENTS <= 100) {
                var acknowledged = new CountDownLatch(MESSAGES);
                for (int i = 0; i < MESSAGES; i++) {
                    byte[] message = new WireEncoder().encode(envelope(epoch, first), events(first));
                    inbox.put(new Inbound(topic, message, System.nanoTime(), () -> {
                                fate.at(Step.BEFORE_ACKNOWLEDGEMENT);
                                acknowledged.countDown();
                                fate.at(Step.AFTER_ACKNOWLEDGEMENT);
                            }))
                            .join();
                    first += EVENTS;
                }
                var _ = acknowledged.await(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
            }
        }
    }

    /** Ends the process without any of its last words. */
    private static final class Fate {
        private final Step fatal;
        private int left;

        Fate(Step fatal) {
            this.fatal = fatal;
            this.left = fatal.fatal;
        }

        synchronized void at(Step step) {
            if (step == fatal && --left <= 0) {
                Runtime.getRuntime().halt(KILLED);
            }
        }
    }

    private record DoomedLog(EventLog log, Fate fate) implements EventLog {
        @Override
        public AppendResult append(List<LogEntry> entries) throws InterruptedException {
            fate.at(Step.BEFORE_APPEND);
            AppendResult result = log.append(entries);
            fate.at(Step.AFTER_APPEND);
            return result;
        }

        @Override
        public long head() {
            return log.head();
        }

        @Override
        public LogReader read(long fromPosition) {
            return log.read(fromPosition);
        }
    }

    private record DoomedDerivation(Derivation derivation, Fate fate) implements Derivation {
        @Override
        public void offer(List<LoggedEntry> entries) {
            derivation.offer(entries);
            fate.at(Step.AFTER_OFFER);
        }

        @Override
        public CompletableFuture<Long> rebuild(RebuildTarget target) {
            return derivation.rebuild(target);
        }

        @Override
        public CompletableFuture<Long> replace(Projection next, Set<ProjectionTable> tables) {
            return derivation.replace(next, tables);
        }

        @Override
        public Progress progress() {
            return derivation.progress();
        }

        @Override
        public List<LatestValue> latest() {
            return derivation.latest();
        }
    }

    private record Folding(Fate fate) implements Projection {
        @Override
        public void restore(byte @Nullable [] snapshot) {}

        @Override
        public void fold(LoggedEntry entry, Fresh fresh, Output out) {
            fate.at(Step.WHILE_FOLDING);
        }

        @Override
        public byte[] snapshot() {
            fate.at(Step.WHILE_WRITING_A_CHECKPOINT);
            return new byte[0];
        }

        @Override
        public Projection anew() {
            return this;
        }
    }

    private static final class NoFigures implements CommitFigures {
        @Override
        public void committed(int entries, int events, long nanos) {}

        @Override
        public void answered(long nanos) {}

        @Override
        public void unavailable() {}

        @Override
        public void resting(double part) {}
    }
}
