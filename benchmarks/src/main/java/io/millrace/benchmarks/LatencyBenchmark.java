package io.millrace.benchmarks;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Question: how long until somebody sees it? From {@code ./millrace up} to the first point, and, at 1 000 events a second
 * into an agent's {@code http} input, from the request to the page's WebSocket and to a row in {@code events}.
 *
 * <p>Sketch: each hop waits for the next turn of the one behind it, 5 ms for the commit, 25 ms for the push, 100 ms for
 * the rows, and QuestDB applies in some 10 ms more. So tens of milliseconds to the page, 150 to 300 to SQL.
 */
final class LatencyBenchmark {
    private static final String LANE = "telemetry";
    private static final int EVENTS_PER_SECOND = 1_000;
    private static final int SERIES = 10;
    private static final int WARM_UP_SECONDS = 10;
    private static final int MEASURED_SECONDS = 30;
    private static final int WARM_UP_TICKS = WARM_UP_SECONDS * EVENTS_PER_SECOND / SERIES;
    private static final int TICKS = WARM_UP_TICKS + MEASURED_SECONDS * EVENTS_PER_SECOND / SERIES;
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) * SERIES / EVENTS_PER_SECOND;
    private static final Duration FIRST_POINT_MAX = Duration.ofMinutes(2);
    private static final Duration VISIBLE_MAX = Duration.ofSeconds(30);
    private static final long LATENCY_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    private final Path home;
    private final Path folder;

    LatencyBenchmark(Path home, Path folder) {
        this.home = home;
        this.folder = folder;
    }

    List<Figure> run() throws IOException, InputException, SQLException, InterruptedException {
        long start = System.nanoTime();
        try (Stack stack = Stack.up(home, folder.resolve("latency"), Stack.Demo.WITH);
                HttpClient client = HttpClient.newHttpClient()) {
            awaitFirstPoint(client, stack);
            double firstPointSeconds = (System.nanoTime() - start) / 1e9;

            var toPage = new ConcurrentHistogram(LATENCY_NANOS_MAX, 3);
            var toTable = new Histogram(LATENCY_NANOS_MAX, 3);
            try (HttpAgent agent = HttpAgent.start(home, folder, stack, "bench-http", List.of(LANE))) {
                measure(client, stack, agent, toPage, toTable);
                ProcessMemory host = ProcessMemory.of(stack.pid("agent"));
                ProcessMemory http = ProcessMemory.of(agent.pid());
                return List.of(
                        Figure.atMost(20, "up_to_first_point_seconds", firstPointSeconds),
                        Figure.told("input_to_websocket_p50_ms", toPage.getValueAtPercentile(50) / 1e6),
                        Figure.atMost(100, "input_to_websocket_p99_ms", toPage.getValueAtPercentile(99) / 1e6),
                        Figure.told(
                                "input_to_websocket_share_seen",
                                (double) toPage.getTotalCount() / MEASURED_SECONDS / EVENTS_PER_SECOND),
                        Figure.told("input_to_sql_p50_ms", toTable.getValueAtPercentile(50) / 1e6),
                        Figure.atMost(1_000, "input_to_sql_p99_ms", toTable.getValueAtPercentile(99) / 1e6),
                        Figure.atMost(64, "agent_host_input_anonymous_mib", host.anonymousMib()),
                        Figure.atMost(96, "agent_host_input_resident_mib", host.residentMib()),
                        Figure.atMost(64, "agent_http_input_anonymous_mib", http.anonymousMib()),
                        Figure.atMost(96, "agent_http_input_resident_mib", http.residentMib()));
            }
        }
    }

    /** As the page does: which series are there, then their points. */
    private static void awaitFirstPoint(HttpClient client, Stack stack)
            throws IOException, InputException, InterruptedException {
        var first = new CountDownLatch(1);
        try (var live = LivePoints.connect(client, stack.page(), (_, _, _) -> first.countDown())) {
            HttpRequest devices = HttpRequest.newBuilder(stack.page().resolve("/api/v1/devices?limit=16"))
                    .build();
            long deadline = System.nanoTime() + FIRST_POINT_MAX.toNanos();
            List<String> ids = List.of();
            while (ids.isEmpty() && System.nanoTime() < deadline) {
                String body = client.send(devices, BodyHandlers.ofString()).body();
                ids = ID.matcher(body).results().map(result -> result.group(1)).toList();
            }
            live.watch(ids);
            if (!first.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new InputException("no point of the demo agent came within " + FIRST_POINT_MAX);
            }
        }
    }

    private static void measure(HttpClient client, Stack stack, HttpAgent agent, Histogram toPage, Histogram toTable)
            throws IOException, InputException, SQLException, InterruptedException {
        var sentNanos = new AtomicLongArray(TICKS);
        List<String> series = IntStream.range(0, SERIES)
                .mapToObj("bench/bench-http/sensor+m%d"::formatted)
                .toList();
        try (var live = LivePoints.connect(client, stack.page(), (_, value, nanos) -> {
            if (value >= WARM_UP_TICKS) {
                toPage.recordValue(nanos - sentNanos.get((int) value));
            }
        })) {
            live.watch(series);
            Thread sender = Thread.ofPlatform().name("bench-sender").start(() -> send(client, agent, sentNanos));
            watchTable(stack, sentNanos, toTable);
            sender.join();
        }
    }

    /** A request every 10 ms with one reading of each series; each reading's value is the number of its request. */
    private static void send(HttpClient client, HttpAgent agent, AtomicLongArray sentNanos) {
        long start = System.nanoTime();
        try {
            for (int tick = 0; tick < TICKS; tick++) {
                LockSupport.parkNanos(start + tick * TICK_NANOS - System.nanoTime());
                var body = new StringBuilder("[");
                for (int m = 0; m < SERIES; m++) {
                    body.append("%s{\"device\":\"sensor\",\"metric\":\"m%d\",\"value\":%d}"
                            .formatted(m == 0 ? "" : ",", m, tick));
                }
                sentNanos.set(tick, System.nanoTime());
                agent.post(client, LANE, body.append(']').toString());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks again and again what is the latest request with a row: a little late by the question's own time. */
    private static void watchTable(Stack stack, AtomicLongArray sentNanos, Histogram toTable)
            throws SQLException, IOException, InputException {
        String latest = "SELECT max(value) FROM events WHERE site = 'bench' AND metric = 'm%d'".formatted(SERIES - 1);
        int seen = -1;
        long progressNanos = System.nanoTime();
        try (Connection connection = stack.connect();
                PreparedStatement statement = connection.prepareStatement(latest)) {
            while (seen < TICKS - 1) {
                try (ResultSet result = statement.executeQuery()) {
                    long now = System.nanoTime();
                    int upTo = result.next() && result.getObject(1) != null ? (int) result.getDouble(1) : -1;
                    for (int tick = seen + 1; tick <= upTo; tick++) {
                        if (tick >= WARM_UP_TICKS) {
                            toTable.recordValue(now - sentNanos.get(tick));
                        }
                    }
                    progressNanos = upTo > seen ? now : progressNanos;
                    seen = Math.max(seen, upTo);
                    if (now - progressNanos > VISIBLE_MAX.toNanos()) {
                        throw new InputException(
                                "no new row within %s after request %d of %d".formatted(VISIBLE_MAX, seen, TICKS));
                    }
                }
                LockSupport.parkNanos(TICK_NANOS);
            }
        }
    }
}
