package io.millrace.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a user would put together: Mosquitto with a persistent, unlimited queue, a bridge of some lines of Python, and
 * QuestDB's HTTP door for influx lines, flushed to the disk at each commit. Four processes with us, on loopback.
 */
final class PeerPipeline implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Pattern ONE_NUMBER = Pattern.compile("\"dataset\":\\[\\[(-?\\d+)]]");
    private static final Map<String, String> SETTINGS = Map.of(
            "QDB_HTTP_MIN_ENABLED", "false",
            "QDB_LINE_TCP_ENABLED", "false",
            "QDB_PG_ENABLED", "false",
            "QDB_TELEMETRY_ENABLED", "false",
            "QDB_CAIRO_COMMIT_MODE", "sync");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;
    private final int mqttPort = freePort();
    private final int httpPort = freePort();
    private final List<Process> processes = new ArrayList<>();
    private Process questdb;

    private PeerPipeline(Path folder) throws IOException {
        this.folder = folder;
        questdb = startStore();
    }

    /**
     * Starts all of it and returns when it takes messages.
     *
     * @throws InputException if a part does not come up
     */
    static PeerPipeline start(Path home, Path folder, Path mosquitto, Path python)
            throws IOException, InputException, InterruptedException {
        var pipeline = new PeerPipeline(Files.createDirectories(folder));
        try {
            pipeline.createTable();
            pipeline.startBroker(mosquitto);
            pipeline.startBridge(home.resolve("benchmarks/src/main/python/bridge.py"), python);
            return pipeline;
        } catch (IOException | InputException | InterruptedException e) {
            pipeline.close();
            throw e;
        }
    }

    private void startBroker(Path program) throws IOException, InputException, InterruptedException {
        Path config = folder.resolve("mosquitto.conf");
        Files.writeString(config, """
                listener %d 127.0.0.1
                allow_anonymous true
                user %s
                log_dest file %s/mosquitto.log
                persistence true
                persistence_location %s/
                max_inflight_messages 1000
                max_queued_messages 0
                """.formatted(mqttPort, System.getProperty("user.name"), folder, folder));
        started(program.toString(), "-c", config.toString());
        awaitListening(mqttPort);
    }

    private void startBridge(Path script, Path python) throws IOException, InputException {
        Process bridge =
                started(python.toString(), script.toString(), Integer.toString(mqttPort), Integer.toString(httpPort));
        BufferedReader lines = bridge.inputReader();
        if (!"ready".equals(lines.readLine())) {
            throw new InputException("the bridge %s did not come up, see above".formatted(script));
        }
    }

    private Process startStore() throws IOException {
        Path log = Files.createDirectories(folder.resolve("questdb").resolve("conf"));
        Files.writeString(log.resolve("log.conf"), """
                writers=file
                w.file.class=io.questdb.log.LogFileWriter
                w.file.location=%s/questdb.log
                w.file.level=ERROR,CRITICAL
                """.formatted(folder));
        var builder = new ProcessBuilder(List.of(
                        Stack.java(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        jarOf("io/questdb/ServerMain.class"),
                        "io.questdb.ServerMain",
                        "-d",
                        folder.resolve("questdb").toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("questdb.out").toFile());
        builder.environment().putAll(SETTINGS);
        builder.environment().put("QDB_HTTP_BIND_TO", "127.0.0.1:" + httpPort);
        return builder.start();
    }

    /** The jar that a class of QuestDB comes from. */
    private static String jarOf(String resource) throws IOException {
        var found = PeerPipeline.class.getClassLoader().getResource(resource);
        if (found == null) {
            throw new IOException(resource + " is not on the class path");
        }
        String inJar = found.getPath();
        return Path.of(URI.create(inJar.substring(0, inJar.indexOf('!')))).toString();
    }

    private Process started(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.addFirst(process); // those that depend on others end before them
        return process;
    }

    private void createTable() throws IOException, InputException, InterruptedException {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (ask("CREATE TABLE IF NOT EXISTS readings (device SYMBOL, metric SYMBOL, value DOUBLE, ts TIMESTAMP)"
                        + " TIMESTAMP(ts) PARTITION BY DAY WAL")
                == null) {
            if (System.nanoTime() > deadline) {
                throw new InputException("QuestDB did not come up within %s, see %s"
                        .formatted(START_MAX, folder.resolve("questdb.out")));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static void awaitListening(int port) throws InputException, InterruptedException {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (System.nanoTime() < deadline) {
            try (var probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (probe.isConnected()) {
                    return;
                }
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        throw new InputException("Mosquitto did not listen on port %d within %s".formatted(port, START_MAX));
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    URI mqtt() {
        return URI.create("mqtt://127.0.0.1:" + mqttPort);
    }

    /** The single whole number that a query answers; -1 while the store is away. */
    long number(String query) throws InterruptedException {
        String answer = ask(query);
        Matcher number = ONE_NUMBER.matcher(answer == null ? "" : answer);
        return number.find() ? Long.parseLong(number.group(1)) : -1;
    }

    private @Nullable String ask(String query) throws InterruptedException {
        var uri = URI.create("http://127.0.0.1:%d/exec?query=%s"
                .formatted(httpPort, URLEncoder.encode(query, StandardCharsets.UTF_8)));
        try {
            var answer =
                    http.send(HttpRequest.newBuilder(uri).timeout(START_MAX).build(), BodyHandlers.ofString());
            return answer.statusCode() == 200 ? answer.body() : null;
        } catch (IOException e) {
            return null;
        }
    }

    void killStore() {
        questdb.destroyForcibly().onExit().join();
    }

    void restartStore() throws IOException {
        questdb = startStore();
    }

    @Override
    public void close() {
        processes.add(questdb);
        processes.forEach(Process::destroy);
        processes.forEach(Processes::stop);
    }
}
