package io.millrace.benchmarks;

import io.millrace.agent.spool.SpoolUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Question: is what we promise dearer than what a user would put together by hand: Mosquitto, a bridge of some lines of
 * Python ({@code src/main/python/bridge.py}), QuestDB? And what does each lose when its store is killed?
 *
 * <p>Sketch: with arrays of 500 the peer parses 88 bytes of JSON for an event, twice, in Python, and writes a line of
 * text that QuestDB parses again: some 2 us. We encode and decode binary columns, but write two tables and a ledger. With
 * one event a message both pay some 50 us for MQTT, and Python a further 30. Below 1.5 times its rate in batches, or below
 * it with single events, a part of ours is wrong.
 *
 * <p>A rate is of events that are in the table: so many are sent as fast as the broker acknowledges them, QoS 1, and the
 * clock stops when a query counts the last of them. Each side is warmed up first, in the same way. Both flush to the disk at
 * each commit.
 */
final class PeerBenchmark {
    private static final int SENDERS = 8;
    private static final int BATCH = 500;
    private static final long BATCH_EVENTS = 15_000_000;
    private static final int DEVICES = 100;
    private static final long PLAIN_EVENTS = 600_000;

    /** Of the JVMs on either side, before the clock runs. */
    private static final Duration WARM_UP = Duration.ofSeconds(15);

    private static final long WARM_UP_SLICE = 100_000;
    private static final int WARM_UP_PART = 2;

    /** Faster than any of the two can be, so that senders wait for acknowledgements. */
    private static final double OFFERED_SECONDS = 2;

    private static final Duration KILL_AFTER = Duration.ofSeconds(12);
    private static final Duration AWAY = Duration.ofSeconds(20);
    private static final int KILL_RATE = 4_000;
    private static final int KILL_SECONDS = 45;

    private static final Duration STORED_MAX = Duration.ofMinutes(3);

    /** Without a further row for so long, none is to come. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(15);

    private final Path home;
    private final Path folder;
    private final Recording recording;
    private final Path mosquitto;
    private final Path python;

    PeerBenchmark(Path home, Path folder, Recording recording, Path mosquitto, Path python) {
        this.home = home;
        this.folder = folder;
        this.recording = recording;
        this.mosquitto = mosquitto;
        this.python = python;
    }

    /** What is stored so far, by a query that counts. */
    @FunctionalInterface
    private interface Stored {
        long count() throws IOException, SQLException, InterruptedException;
    }

    List<Figure> run()
            throws IOException, InputException, SQLException, InterruptedException, SpoolUnavailableException {
        double peerBatches;
        double peerPlain;
        Loss peerLoss;
        try (var peer = PeerPipeline.start(home, folder.resolve("peer"), mosquitto, python)) {
            peerBatches = peerBatches(peer);
            peerPlain = plain(peer.mqtt(), "readings", query -> peer.number(query));
            peerLoss = peerLoss(peer);
        }
        double batches;
        double plain;
        Loss loss;
        try (Stack stack = Stack.up(home, folder.resolve("ours"), Stack.Demo.WITHOUT)) {
            batches = batches(stack);
            plain = plain(stack.mqtt(), "events", query -> (long) stack.number(query));
            loss = loss(stack);
        }
        return List.of(
                Figure.told("peer_batches_events_per_second", peerBatches),
                Figure.told("batches_events_per_second", batches),
                Figure.atLeast(1.5, "batches_ratio", batches / peerBatches),
                Figure.told("peer_single_events_per_second", peerPlain),
                Figure.told("single_events_per_second", plain),
                Figure.atLeast(1, "single_ratio", plain / peerPlain),
                Figure.told("peer_lost_events", peerLoss.lost()),
                Figure.told("peer_doubled_events", peerLoss.doubled()),
                Figure.atMost(0, "lost_events", loss.lost()),
                Figure.atMost(0, "doubled_events", loss.doubled()),
                Figure.told("events_sent_around_the_kill", (double) KILL_RATE * KILL_SECONDS));
    }

    private double peerBatches(PeerPipeline peer)
            throws IOException, SQLException, InputException, InterruptedException {
        Stored stored = () -> peer.number("SELECT count() FROM readings");
        try (var senders = new JsonArrays(peer.mqtt(), SENDERS, recording)) {
            long before = 0;
            for (long begun = System.nanoTime(); System.nanoTime() - begun < WARM_UP.toNanos(); ) {
                senders.publish(WARM_UP_SLICE, BATCH);
                before += WARM_UP_SLICE;
            }
            awaitStored(stored, before);
            long start = System.nanoTime();
            senders.publish(BATCH_EVENTS, BATCH);
            awaitStored(stored, before + BATCH_EVENTS);
            return BATCH_EVENTS * 1e9 / (System.nanoTime() - start);
        }
    }

    private double batches(Stack stack)
            throws IOException, SQLException, SpoolUnavailableException, InterruptedException {
        Stored stored = () -> (long) stack.number("SELECT count() FROM events");
        List<LoadAgent> agents = new ArrayList<>();
        try {
            for (int i = 0; i < SENDERS; i++) {
                var agent = new LoadAgent(folder.resolve("agent-" + i), "agent-" + i, stack.mqtt(), recording);
                agents.add(agent);
                agent.start();
            }
            long before = 0;
            for (long begun = System.nanoTime(); System.nanoTime() - begun < WARM_UP.toNanos(); ) {
                before += feed(agents, WARM_UP_SLICE);
            }
            awaitStored(stored, before);
            long start = System.nanoTime();
            long fed = feed(agents, BATCH_EVENTS);
            awaitStored(stored, before + fed);
            return fed * 1e9 / (System.nanoTime() - start);
        } finally {
            agents.forEach(LoadAgent::close);
        }
    }

    /** Feeds at least so many events, as fast as they are receipted; returns how many. */
    private static long feed(List<LoadAgent> agents, long events) throws InterruptedException {
        long fed = 0;
        while (fed < events) {
            int fedNow = 0;
            for (LoadAgent agent : agents) {
                fedNow += agent.feed(System.nanoTime());
            }
            fed += fedNow;
            if (fedNow == 0) {
                TimeUnit.MICROSECONDS.sleep(500);
            }
        }
        return fed;
    }

    /** Asks for a whole number by SQL. */
    @FunctionalInterface
    private interface Query {
        long ask(String query) throws IOException, SQLException, InterruptedException;
    }

    /** One event a message, from {@value #DEVICES} devices; from the first event's time until all are in the table. */
    private double plain(URI mqtt, String table, Query query) throws IOException, SQLException, InterruptedException {
        plainRate(mqtt, table, query, 1, PLAIN_EVENTS / WARM_UP_PART);
        return plainRate(mqtt, table, query, 2, PLAIN_EVENTS);
    }

    private double plainRate(URI mqtt, String table, Query query, int seed, long events)
            throws IOException, SQLException, InterruptedException {
        long before = query.ask("SELECT count() FROM " + table);
        try (Simulation devices = simulate(mqtt, seed, events / OFFERED_SECONDS, OFFERED_SECONDS)) {
            awaitStored(() -> query.ask("SELECT count() FROM " + table), before + events);
            long now = System.currentTimeMillis() * 1_000;
            long first = query.ask("SELECT cast(min(ts) AS long) FROM %s WHERE ts > cast(%d AS timestamp)"
                    .formatted(table, devices.startedMicros()));
            devices.await();
            return events * 1e6 / (now - first);
        }
    }

    private Simulation simulate(URI mqtt, int seed, double rate, double seconds) throws IOException {
        return Simulation.start(
                home,
                mqtt,
                List.of(
                        "--devices", Integer.toString(DEVICES),
                        "--rate", Double.toString(rate),
                        "--seconds", Double.toString(seconds),
                        "--seed", Integer.toString(seed)));
    }

    /**
     * What became of events around a kill.
     *
     * @param lost acknowledged to their device, and not in the table
     * @param doubled rows beyond the first of each
     */
    private record Loss(double lost, double doubled) {}

    private Loss peerLoss(PeerPipeline peer) throws IOException, SQLException, InterruptedException {
        try (Simulation devices = simulate(peer.mqtt(), 3, KILL_RATE, KILL_SECONDS)) {
            TimeUnit.MILLISECONDS.sleep(KILL_AFTER.toMillis());
            peer.killStore();
            TimeUnit.MILLISECONDS.sleep(AWAY.toMillis());
            peer.restartStore();
            return loss(devices, "readings", peer::number);
        }
    }

    /** {@code up} starts the gateway again as soon as it is gone, so it is killed as often as it comes. */
    private Loss loss(Stack stack) throws IOException, SQLException, InterruptedException {
        try (Simulation devices = simulate(stack.mqtt(), 3, KILL_RATE, KILL_SECONDS)) {
            TimeUnit.MILLISECONDS.sleep(KILL_AFTER.toMillis());
            long end = System.nanoTime() + AWAY.toNanos();
            while (System.nanoTime() < end) {
                killGateway(stack);
                TimeUnit.MILLISECONDS.sleep(100);
            }
            return loss(devices, "events", query -> askAgain(stack, query));
        }
    }

    private static void killGateway(Stack stack) throws IOException {
        try {
            ProcessHandle.of(stack.pid("gateway")).ifPresent(ProcessHandle::destroyForcibly);
        } catch (NoSuchFileException e) {
            // It is gone, and not started again yet.
        }
    }

    private static long askAgain(Stack stack, String query) throws IOException {
        try {
            return (long) stack.number(query);
        } catch (SQLException e) {
            return -1; // it starts
        }
    }

    private Loss loss(Simulation devices, String table, Query query)
            throws IOException, SQLException, InterruptedException {
        double acknowledged = devices.await().getOrDefault("acknowledged", 0.0);
        String from = " FROM %s WHERE ts > cast(%d AS timestamp)".formatted(table, devices.startedMicros());
        awaitSilence(() -> query.ask("SELECT count()" + from));
        long rows = query.ask("SELECT count()" + from);
        long different =
                query.ask("SELECT count() FROM (SELECT ts, device, metric, count()%s GROUP BY ts, device, metric)"
                        .formatted(from));
        return new Loss(acknowledged - different, rows - different);
    }

    private static void awaitStored(Stored stored, long count) throws IOException, SQLException, InterruptedException {
        long deadline = System.nanoTime() + STORED_MAX.toNanos();
        while (stored.count() < count) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "%d of %d events are stored after %s".formatted(stored.count(), count, STORED_MAX));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static void awaitSilence(Stored stored) throws IOException, SQLException, InterruptedException {
        long changed = System.nanoTime();
        long before = -1;
        while (System.nanoTime() - changed < SILENCE_MAX.toNanos()) {
            long now = stored.count();
            changed = now == before && now >= 0 ? changed : System.nanoTime();
            before = now;
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }
}
