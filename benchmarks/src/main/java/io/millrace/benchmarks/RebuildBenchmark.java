package io.millrace.benchmarks;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import io.millrace.model.wire.Durability;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.WireEncoder;
import io.millrace.store.Store;
import io.millrace.store.StoreConfig;
import io.millrace.store.StoreOpenException;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.derive.Projection;
import io.millrace.store.log.AppendResult;
import io.millrace.store.log.EventLog;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.ProjectionLag;
import io.millrace.store.log.Verdicts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Question: how long do people wait for windows and alerts by rules that they have changed, and how much memory does it
 * take meanwhile?
 *
 * <p>Sketch: a core decodes some 5 million events a second and puts 2 to 3 million into windows; reading the log and
 * writing a window for each 60 readings cost little beside that. So one core derives somewhat more than a million a
 * second; below that, it is the books or the decoder that hold it back, and a second core would have to decode ahead.
 *
 * <p>The log is written into an empty data folder; then everything is as a user would start it, with the gateway's own
 * limit of heap, and the rebuild is the one of {@code ./millrace rebuild windows}.
 */
final class RebuildBenchmark {
    private static final int AGENTS = 20;
    private static final int SERIES_PER_AGENT = 500;
    private static final long SECOND = 1_000_000L;
    private static final long START = 1_767_225_600L * SECOND;
    private static final Duration DERIVE_MAX = Duration.ofMinutes(5);
    private static final long POLL_MILLIS = 100;
    private static final String RULES = """
            rules:
              - name: hot
                on: {device: "*", metric: temperature}
                window: {type: tumbling, size: 1m}
                when: {aggregate: mean, above: 80, clear: 78}
                severity: major
            """;

    private final Path home;
    private final Path data;
    private final long seconds;
    private final HttpClient http = HttpClient.newHttpClient();

    /**
     * @param home root of the repository, where everything is built
     * @param data an empty folder
     * @param events logged, at least; one reading a second of each series
     */
    RebuildBenchmark(Path home, Path data, long events) {
        this.home = home;
        this.data = data;
        this.seconds = Math.ceilDiv(events, AGENTS * SERIES_PER_AGENT);
    }

    private long events() {
        return seconds * AGENTS * SERIES_PER_AGENT;
    }

    List<Figure> run() throws IOException, InputException, SQLException, InterruptedException, StoreOpenException {
        Files.writeString(data.resolve("rules.yaml"), RULES);
        fill();
        try (Stack stack = Stack.up(home, data, Stack.Demo.WITHOUT)) {
            long start = System.nanoTime();
            await(stack.page(), "pipeline", answer -> number(answer, "head") - number(answer, "position") < 5);
            double all = (System.nanoTime() - start) / 1e9;
            double windows = stack.number("SELECT count() FROM windows");
            var memory = new Memory(stack.pid("gateway"));
            start = System.nanoTime();
            post(stack.page(), "rebuild/windows");
            await(stack.page(), "rebuild", answer -> {
                memory.sample();
                return answer.contains("\"state\":\"done\"");
            });
            double again = (System.nanoTime() - start) / 1e9;
            double counted = stack.number("SELECT sum(count) FROM windows WHERE version = 1");
            double windowsAgain = stack.number("SELECT count() FROM windows");
            if (windowsAgain < windows || counted < 0.9 * events() || counted > events()) {
                throw new IllegalStateException(
                        "%.0f windows with %.0f readings were derived again, expected %.0f and %d"
                                .formatted(windowsAgain, counted, windows, events()));
            }
            return List.of(
                    Figure.told("rebuild_events", (double) events()),
                    Figure.told("rebuild_window_rows", windowsAgain),
                    Figure.atLeast(1_000_000, "rebuild_windows_events_per_second", events() / again),
                    Figure.told("rebuild_windows_seconds", again),
                    Figure.told("rebuild_gateway_anonymous_mib_max", memory.anonymousMibMax),
                    Figure.told("derive_all_tables_events_per_second", events() / all));
        }
    }

    private static final class Memory {
        private final long pid;
        private double anonymousMibMax;

        Memory(long pid) {
            this.pid = pid;
        }

        void sample() throws IOException {
            anonymousMibMax = Math.max(anonymousMibMax, ProcessMemory.of(pid).anonymousMib());
        }
    }

    /** Writes the log, and derives nothing of it. */
    private void fill() throws StoreOpenException, InterruptedException {
        var config = new StoreConfig(data, 0, Durability.OS);
        try (Store store = Store.open(
                config,
                InstantSource.system(),
                (_, _, _) -> EventBatch.builder().build(),
                Projection.none(),
                LiveListener.none())) {
            var random = new SplittableRandom(1);
            var encoder = new WireEncoder();
            var commit = new ArrayList<LogEntry>();
            for (long second = 0; second < seconds; second++) {
                for (int agent = 0; agent < AGENTS; agent++) {
                    commit.add(batch(agent, second, random, encoder));
                }
                commit.add(LogEntry.tick(START + second * SECOND, 0, ProjectionLag.NONE.bytes()));
                if (second % 10 == 9 || second == seconds - 1) {
                    append(store.log(), commit);
                    commit.clear();
                }
            }
        }
    }

    private static void append(EventLog log, List<LogEntry> commit) throws InterruptedException {
        if (log.append(commit) instanceof AppendResult.Unavailable unavailable) {
            throw new IllegalStateException("the log takes no entries: " + unavailable.reason());
        }
    }

    private static LogEntry batch(int agent, long second, SplittableRandom random, WireEncoder encoder) {
        var stream = new StreamId("bench", "gw-" + agent, "telemetry", 1);
        var events = EventBatch.builder();
        long time = START + second * SECOND;
        for (int i = 0; i < SERIES_PER_AGENT; i++) {
            double value = 70 + Math.rint(100 * random.nextDouble()) / 10;
            events.add(new Event(
                    new Series("device-" + i, "temperature", "°C"), time, new Value.Numeric(value), Quality.GOOD));
        }
        EventBatch batch = events.build();
        var envelope = new Envelope(stream, second * SERIES_PER_AGENT + 1, SERIES_PER_AGENT, false, 0, 0, null);
        return LogEntry.batch(envelope, time, time, Verdicts.NONE, encoder.encode(envelope, batch));
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds(String answer) throws IOException;
    }

    private void await(URI page, String what, Condition condition)
            throws IOException, InputException, InterruptedException {
        long deadline = System.nanoTime() + DERIVE_MAX.toNanos();
        while (!condition.holds(send(request(page, what).GET().build()))) {
            if (System.nanoTime() - deadline > 0) {
                throw new InputException("%s is not done after %s".formatted(what, DERIVE_MAX));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** The first number of that name in a JSON text. */
    private static long number(String json, String name) throws IOException {
        Matcher found = Pattern.compile("\"%s\":(\\d+)".formatted(name)).matcher(json);
        if (!found.find()) {
            throw new IOException("no %s in %s".formatted(name, json));
        }
        return Long.parseLong(found.group(1));
    }

    private void post(URI page, String what) throws IOException, InterruptedException {
        var _ = send(
                request(page, what).POST(HttpRequest.BodyPublishers.noBody()).build());
    }

    private static HttpRequest.Builder request(URI page, String what) {
        return HttpRequest.newBuilder(page.resolve("/api/v1/" + what)).timeout(Duration.ofSeconds(30));
    }

    private String send(HttpRequest request) throws IOException, InterruptedException {
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException("%s answers %d: %s".formatted(request.uri(), answer.statusCode(), answer.body()));
        }
        return answer.body();
    }
}
