package io.millrace.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Question: how long from a reading that is bad, handed to an agent's alarm lane, until a page knows of the alert, while
 * the same agent sends 10 000 readings a second on its other lane?
 *
 * <p>Sketch: 5 ms of linger at the agent, a broker's hop, up to 5 ms until the next commit may start, 3 ms for the log's
 * flush to the disk, and a push at once: some 20 ms, and the disk's own tail on top. Above 100 ms at the median the
 * gateway waits for something that it need not wait for.
 */
final class AlertBenchmark {
    private static final String ALARM = "alarm";
    private static final String TELEMETRY = "telemetry";
    private static final String RULES = """
            rules:
              - {name: alarm, on: {device: "alarm-*", metric: state}, when: {above: 0.5}, severity: critical}
              - name: load
                on: {device: "load-*", metric: "*"}
                window: {type: tumbling, size: 1m}
                when: {aggregate: mean, above: 1000000}
                severity: minor
            """;

    private static final int WARM_UP_SECONDS = 15;
    private static final int MEASURED_SECONDS = 60;
    private static final int ALARMS_PER_SECOND = 50;
    private static final int WARM_UP = WARM_UP_SECONDS * ALARMS_PER_SECOND;
    private static final int ALARMS = WARM_UP + MEASURED_SECONDS * ALARMS_PER_SECOND;

    /** In turn, so that each is raised and cleared at some distance. */
    private static final int DEVICES = 10;

    private static final int LOAD_PER_SECOND = 10_000;
    private static final int LOADS_PER_SECOND = 100;
    private static final long LATENCY_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);
    private static final long SEEN_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private final Path home;
    private final Path folder;

    AlertBenchmark(Path home, Path folder) {
        this.home = home;
        this.folder = folder;
    }

    List<Figure> run() throws IOException, InputException, InterruptedException {
        Path data = Files.createDirectories(folder.resolve("alert"));
        Files.writeString(data.resolve("rules.yaml"), RULES);
        try (Stack stack = Stack.up(home, data, Stack.Demo.WITHOUT);
                HttpClient client = HttpClient.newHttpClient();
                HttpAgent agent = HttpAgent.start(home, folder, stack, "bench", List.of(ALARM, TELEMETRY))) {
            var sent = new Sent();
            try (var _ = LiveSocket.connect(client, stack.page(), sent::frame)) {
                long fed = run(client, agent, sent);
                sent.awaitSeen();
                Commits commits = Commits.of(client, stack);
                return List.of(
                        Figure.atMost(42, "alarm_to_websocket_p50_ms", sent.delays.getValueAtPercentile(50) / 1e6),
                        Figure.atMost(150, "alarm_to_websocket_p99_ms", sent.delays.getValueAtPercentile(99) / 1e6),
                        Figure.told("alarm_to_websocket_max_ms", sent.delays.getMaxValue() / 1e6),
                        Figure.told("alert_transitions", (double) sent.delays.getTotalCount()),
                        Figure.told("background_events_per_second", (double) fed),
                        Figure.told("log_commit_p50_ms", commits.p50Millis),
                        Figure.told("log_commit_p99_ms", commits.p99Millis),
                        Figure.told("log_commit_max_ms", commits.maxMillis));
            }
        }
    }

    /** Returns how many readings a second the other lane took. */
    private static long run(HttpClient client, HttpAgent agent, Sent sent) throws InterruptedException {
        Thread alarms = Thread.ofPlatform()
                .name("bench-alarms")
                .start(() -> everySoOften(ALARMS, ALARMS_PER_SECOND, n -> sent.post(client, agent, n)));
        int loads = (WARM_UP_SECONDS + MEASURED_SECONDS) * LOADS_PER_SECOND;
        long start = System.nanoTime();
        everySoOften(loads, LOADS_PER_SECOND, n -> agent.post(client, TELEMETRY, load(n)));
        double seconds = (System.nanoTime() - start) / 1e9;
        alarms.join();
        return Math.round(loads * (LOAD_PER_SECOND / LOADS_PER_SECOND) / seconds);
    }

    private interface Step {
        void run(int n) throws InterruptedException;
    }

    private static void everySoOften(int times, int perSecond, Step step) {
        long start = System.nanoTime();
        try {
            for (int n = 0; n < times; n++) {
                LockSupport.parkNanos(start + n * TimeUnit.SECONDS.toNanos(1) / perSecond - System.nanoTime());
                step.run(n);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A reading of each of a hundred series. */
    private static String load(int n) {
        var body = new StringBuilder("[");
        for (int i = 0; i < LOAD_PER_SECOND / LOADS_PER_SECOND; i++) {
            body.append("%s{\"device\":\"load-%d\",\"metric\":\"m%d\",\"value\":%d}"
                    .formatted(i == 0 ? "" : ",", i / 10, i % 10, (n * 31 + i * 17) % 1_000));
        }
        return body.append(']').toString();
    }

    /**
     * Alarms on their way. Alarm {@code n} is of device {@code n % DEVICES}; each device's are bad and good in turn, a bad
     * one with {@code n + 1} for its value, which its alert shows.
     */
    private static final class Sent {
        private static final JsonFactory JSON = new JsonFactory();

        private final AtomicLongArray sentNanos = new AtomicLongArray(ALARMS);
        private final Histogram delays = new ConcurrentHistogram(LATENCY_NANOS_MAX, 3);

        /** By device, how many of its alarms were seen. */
        private final int[] seen = new int[DEVICES];

        private volatile int seenInAll;

        void post(HttpClient client, HttpAgent agent, int n) throws InterruptedException {
            int value = n / DEVICES % 2 == 0 ? n + 1 : 0;
            sentNanos.set(n, System.nanoTime());
            agent.post(
                    client,
                    ALARM,
                    "{\"device\":\"alarm-%d\",\"metric\":\"state\",\"value\":%d}".formatted(n % DEVICES, value));
        }

        /** On the socket's thread. */
        void frame(String frame, long nanos) {
            if (!frame.contains("\"type\":\"alerts\"")) {
                return;
            }
            int[] values = values(frame);
            for (int device = 0; device < DEVICES; device++) {
                int upTo = values[device] > 0 ? (values[device] - 1) / DEVICES + 1 : cleared(device);
                for (; seen[device] < upTo; seen[device]++) {
                    int n = seen[device] * DEVICES + device;
                    if (n >= WARM_UP) {
                        delays.recordValue(nanos - sentNanos.get(n));
                    }
                }
            }
            seenInAll = Arrays.stream(seen).sum();
        }

        /** What is not open was cleared if it was seen to be raised; one that is raised and cleared between two frames waits. */
        private int cleared(int device) {
            return seen[device] + seen[device] % 2;
        }

        /** By device, the value for which its alert is open, 0 if none is. */
        private static int[] values(String frame) {
            var values = new int[DEVICES];
            try (JsonParser json = JSON.createParser(frame)) {
                int device = -1;
                while (json.nextToken() != null) {
                    boolean isName = json.currentToken() == JsonToken.FIELD_NAME;
                    String key = String.valueOf(json.currentName());
                    if (json.currentToken() == JsonToken.VALUE_STRING && key.equals("device")) {
                        String name = json.getText();
                        device = name.startsWith("alarm-") ? Integer.parseInt(name.substring("alarm-".length())) : -1;
                    } else if (!isName && key.equals("value") && device >= 0) {
                        values[device] = (int) json.getDoubleValue();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException("a frame of the gateway is no JSON", e);
            }
            return values;
        }

        void awaitSeen() throws InputException {
            long deadline = System.nanoTime() + SEEN_NANOS_MAX;
            while (seenInAll < ALARMS) {
                if (System.nanoTime() > deadline) {
                    throw new InputException("of %d alarms only %d were seen".formatted(ALARMS, seenInAll));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
    }

    /** What the gateway says of its commits, over about the last 30 s. */
    private record Commits(double p50Millis, double p99Millis, double maxMillis) {
        static Commits of(HttpClient client, Stack stack) throws IOException, InterruptedException {
            HttpRequest request =
                    HttpRequest.newBuilder(stack.page().resolve("/q/metrics")).build();
            List<String> lines = client.send(request, BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("millrace_log_commit_seconds"))
                    .toList();
            return new Commits(
                    millis(lines, "quantile=\"0.5\""),
                    millis(lines, "quantile=\"0.99\""),
                    millis(lines, "_seconds_max"));
        }

        private static double millis(List<String> lines, String which) {
            return lines.stream()
                    .filter(line -> line.contains(which))
                    .mapToDouble(line -> 1_000 * Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalStateException("no metric millrace_log_commit_seconds with " + which));
        }
    }
}
