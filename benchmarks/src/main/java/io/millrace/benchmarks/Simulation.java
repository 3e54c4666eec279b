package io.millrace.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code ./millrace simulate} in a process of its own, as a user would run it. */
final class Simulation implements AutoCloseable {
    private final Process process;
    private final long startedMicros = System.currentTimeMillis() * 1_000;

    private Simulation(Process process) {
        this.process = process;
    }

    /**
     * Starts it and returns at once.
     *
     * @param options beside {@code --mqtt} and {@code --json}
     */
    static Simulation start(Path home, URI mqtt, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(home.resolve("millrace").toString(), "simulate", "--json", "--mqtt", mqtt.toString()));
        command.addAll(options);
        return new Simulation(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Microseconds since 1970; events of it have later times. */
    long startedMicros() {
        return startedMicros;
    }

    /**
     * Waits for its end.
     *
     * @return the numbers of its report, by their path of keys with dots between: {@code latency_ms.receipt.p99}
     */
    Map<String, Double> await() throws IOException, InterruptedException {
        String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        if (Thread.interrupted()) { // while it was read, which is not interrupted by that
            throw new InterruptedException();
        }
        return numbers(report);
    }

    static Map<String, Double> numbers(String report) throws IOException {
        var numbers = new TreeMap<String, Double>();
        try (JsonParser json = new JsonFactory().createParser(report)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token.isNumeric()) {
                    String path = json.getParsingContext().pathAsPointer().toString();
                    numbers.put(path.substring(1).replace('/', '.'), json.getDoubleValue());
                }
            }
        }
        return numbers;
    }

    @Override
    public void close() {
        Processes.stop(process);
    }
}
