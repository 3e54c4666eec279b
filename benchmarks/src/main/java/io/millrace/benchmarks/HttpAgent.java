package io.millrace.benchmarks;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An agent in a process of its own, started as its user would, with an {@code http} input for each of its lanes. */
final class HttpAgent implements AutoCloseable {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Process process;
    private final List<String> lanes;
    private final List<Integer> ports;

    private HttpAgent(Process process, List<String> lanes, List<Integer> ports) {
        this.process = process;
        this.lanes = lanes;
        this.ports = ports;
    }

    /**
     * Blocks until it listens.
     *
     * @param home root of the repository, where everything is built
     * @param folder for its configuration and its spool
     * @param lanes the most urgent one first
     */
    static HttpAgent start(Path home, Path folder, Stack stack, String name, List<String> lanes) throws IOException {
        var ports = new ArrayList<Integer>();
        var config = new StringBuilder("""
                site: bench
                agent: %s
                mqtt: %s
                spool: {dir: ./spool}
                lanes: %s
                inputs:
                """.formatted(name, stack.mqtt(), lanes));
        for (String lane : lanes) {
            ports.add(freePort());
            config.append("  - {type: http, name: %s, lane: %s, listen: 127.0.0.1:%d}\n"
                    .formatted(lane, lane, ports.getLast()));
        }
        Path file = Files.writeString(folder.resolve("agent.yaml"), config);
        String jar = home.resolve("edge-agent/target/edge-agent.jar").toString();
        Process process = new ProcessBuilder(
                        Stack.java(),
                        "@" + home.resolve("edge-agent/target/agent.options"),
                        "-jar",
                        jar,
                        "--config",
                        file.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var agent = new HttpAgent(process, List.copyOf(lanes), List.copyOf(ports));
        for (int port : ports) {
            agent.awaitPort(port);
        }
        return agent;
    }

    /** Hands readings to a lane, as JSON; blocks until the agent has taken them. */
    void post(HttpClient client, String lane, String json) throws InterruptedException {
        URI events = URI.create("http://127.0.0.1:%d/events".formatted(ports.get(lanes.indexOf(lane))));
        HttpRequest request = HttpRequest.newBuilder(events)
                .POST(BodyPublishers.ofString(json))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        "the agent answers %d: %s".formatted(answer.statusCode(), answer.body()));
            }
        } catch (IOException e) {
            throw new IllegalStateException("the agent does not answer", e);
        }
    }

    long pid() {
        return process.pid();
    }

    private void awaitPort(int port) throws IOException {
        boolean listens = false;
        while (!listens) {
            if (!process.isAlive()) {
                throw new IOException("the agent ended before it listened, see above");
            }
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                listens = socket.isConnected();
            } catch (ConnectException e) {
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        Processes.stop(process);
    }
}
