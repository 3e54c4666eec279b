package io.millrace.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Everything running as {@code ./millrace up} runs it, in a folder of its own and on free ports. */
final class Millrace implements AutoCloseable {
    private static final List<String> CHILDREN = List.of("broker", "gateway", "agent");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path data;
    private final Process up;
    private final List<String> lines;

    private Millrace(Path data, Process up, List<String> lines) {
        this.data = data;
        this.up = up;
        this.lines = lines;
    }

    /**
     * Starts and returns when all of it serves.
     *
     * @param data folder for everything that is kept
     * @param options further ones of {@code up}
     */
    static Millrace up(Path data, String... options) throws IOException {
        return up(data, Map.of(), options);
    }

    private static Millrace up(Path data, Map<String, String> environment, String... options) throws IOException {
        Process up = start(data, environment, options);
        BufferedReader out = up.inputReader();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String line = out.readLine();
            if (line == null) {
                throw new IOException("up ended before it was ready, after printing " + lines);
            }
            lines.add(line);
        }
        return new Millrace(data, up, lines);
    }

    /** The process alone, for tests of what does not come up. Its standard error is the test's. */
    static Process start(Path data, String... options) throws IOException {
        return start(data, Map.of(), options);
    }

    private static Process start(Path data, Map<String, String> environment, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--data", data.toString()));
        for (String port : List.of("--http-port", "--mqtt-port", "--sql-port")) {
            if (!List.of(options).contains(port)) {
                arguments.addAll(List.of(port, "0"));
            }
        }
        arguments.addAll(List.of(options));
        return command(environment, "up", arguments.toArray(String[]::new));
    }

    /** Everything, with a defect that the simulator must notice. */
    static Millrace upWithDefect(Path data, String defect) throws IOException {
        return up(data, Map.of("JAVA_TOOL_OPTIONS", "-Dio.millrace.test.defect=" + defect), "--no-demo");
    }

    /** The simulator, from the built jar; its standard error is the test's. */
    static Process simulator(String... arguments) throws IOException {
        Path target = Modules.HOME.resolve("device-simulator/target");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + target.resolve("simulator.options"),
                "-Dmillrace.home=" + Modules.HOME,
                "-jar",
                target.resolve("device-simulator.jar").toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Any command of the command line, from the built jar. */
    static Process command(String name, String... arguments) throws IOException {
        return command(Map.of(), name, arguments);
    }

    private static Process command(Map<String, String> environment, String name, String... arguments)
            throws IOException {
        Path target = Modules.HOME.resolve("command-line/target");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + target.resolve("cli.options"),
                "-Dmillrace.home=" + Modules.HOME,
                "-jar",
                target.resolve("command-line.jar").toString(),
                name));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** An edge agent of the test's own, in a process of its own that ends with the test's; its log is the test's. */
    static Process agent(Path config, String... options) throws IOException {
        return agent(config, ProcessBuilder.Redirect.INHERIT, options);
    }

    /** The same with a log of its own, to which this run is appended. */
    static Process agent(Path config, Path log, String... options) throws IOException {
        return agent(config, ProcessBuilder.Redirect.appendTo(log.toFile()), options);
    }

    private static Process agent(Path config, ProcessBuilder.Redirect log, String... options) throws IOException {
        Path target = Modules.HOME.resolve("edge-agent/target");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + target.resolve("agent.options"),
                "-jar",
                target.resolve("edge-agent.jar").toString(),
                "--exit-with-parent",
                "--config",
                config.toString()));
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .redirectOutput(log)
                .redirectError(log)
                .start();
    }

    Path data() {
        return data;
    }

    /** What was printed: {@code page …}, {@code mqtt …}, {@code sql …}. */
    List<String> lines() {
        return lines;
    }

    URI page() {
        return URI.create(lines.get(0).substring("page ".length()));
    }

    URI mqtt() {
        return URI.create(lines.get(1).substring("mqtt ".length()));
    }

    String sql() {
        return lines.get(2).substring("sql ".length());
    }

    /** The process of {@code up}, {@code broker}, {@code gateway} or {@code agent}; null while it does not run. */
    @Nullable
    ProcessHandle process(String name) throws IOException {
        Path file = data.resolve("run").resolve(name + ".pid");
        String pid = Files.exists(file) ? Files.readString(file).strip() : "";
        return pid.isEmpty()
                ? null
                : ProcessHandle.of(Long.parseLong(pid))
                        .filter(ProcessHandle::isAlive)
                        .orElse(null);
    }

    /** SIGKILL, and returns when {@code up} has started another. */
    ProcessHandle killAndAwaitRestart(String name) throws Exception {
        ProcessHandle first = Await.until(name + " runs", () -> process(name));
        first.destroyForcibly();
        return Await.until(name + " is started again", () -> {
            ProcessHandle now = process(name);
            return now == null || now.pid() == first.pid() ? null : now;
        });
    }

    /** Returns when the gateway says that it is ready. */
    void awaitReady() throws Exception {
        awaitHealth("the gateway is ready", 200);
    }

    /** Returns when the gateway says that it is not ready. */
    void awaitUnready() throws Exception {
        awaitHealth("the gateway says that it is not ready", 503);
    }

    private void awaitHealth(String what, int status) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(page().resolve("/q/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        Await.until(what, () -> {
            try {
                return HTTP.send(request, BodyHandlers.discarding()).statusCode() == status ? true : null;
            } catch (IOException e) {
                return null;
            }
        });
    }

    /** SIGTERM to {@code up}. */
    int stop() throws InterruptedException {
        up.destroy();
        return awaitEnd();
    }

    /** SIGKILL to {@code up} alone. */
    void killUp() throws InterruptedException {
        up.destroyForcibly();
        awaitEnd();
    }

    private int awaitEnd() throws InterruptedException {
        if (!up.waitFor(Await.MAX.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("up still runs");
        }
        return up.exitValue();
    }

    /** Leaves nothing running, whatever a test left behind. */
    @Override
    public void close() {
        try {
            if (up.isAlive()) {
                up.destroyForcibly().onExit().join();
            }
            for (String name : CHILDREN) {
                ProcessHandle child = process(name);
                if (child != null) {
                    child.destroyForcibly();
                    child.onExit().join();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
