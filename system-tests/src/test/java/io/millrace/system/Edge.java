package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A box at the edge: an agent's process with its spool, the line from it to the broker, and who posts to it. */
final class Edge implements AutoCloseable {
    private final String agent;
    private final Path folder;
    private final TcpProxy line;
    private final Producer producer;
    private final Path config;
    private final Path drainConfig;
    private @Nullable Process process;

    /**
     * Does not start the agent yet; the producer begins.
     *
     * @param parent of the box's own folder
     * @param whenFull the spool's policy; it has 16 MiB, the least there is
     * @param brokerPort of 127.0.0.1
     */
    Edge(Path parent, String agent, String whenFull, int brokerPort, long seed) throws IOException {
        this.agent = agent;
        folder = Files.createDirectory(parent.resolve(agent));
        line = new TcpProxy(brokerPort);
        int port = Loopback.freePort();
        config = config("agent.yaml", whenFull, "{type: http, listen: 127.0.0.1:%d}".formatted(port));
        Files.writeString(folder.resolve("nothing.csv"), "time,value\n");
        drainConfig = config("drain.yaml", whenFull, "{type: csv, path: nothing.csv, device: d, time: {column: time}}");
        producer = new Producer(agent, port, seed);
    }

    private Path config(String name, String whenFull, String input) throws IOException {
        return Files.writeString(folder.resolve(name), """
                site: plant-1
                agent: %s
                mqtt: mqtt://127.0.0.1:%d
                spool: {dir: ./spool, max-bytes: 16MiB, min-free-disk: 0, when-full: %s}
                inputs:
                  - %s
                """.formatted(agent, line.port(), whenFull, input));
    }

    String agent() {
        return agent;
    }

    TcpProxy line() {
        return line;
    }

    Producer producer() {
        return producer;
    }

    void start() throws IOException {
        process = Millrace.agent(config, folder.resolve("agent.log"));
    }

    /** SIGKILL; returns at once. */
    void kill() {
        Process running = running();
        if (!running.isAlive()) {
            throw new AssertionError("agent %s ended by itself with exit %d, see %s"
                    .formatted(agent, running.exitValue(), folder.resolve("agent.log")));
        }
        running.destroyForcibly();
    }

    void awaitEnd() throws InterruptedException {
        running().waitFor();
    }

    /** SIGTERM, and then an agent without inputs on the same spool, until it has a receipt for everything. */
    void stopAndDrain() throws IOException, InterruptedException {
        running().destroy();
        assertThat(exit()).as("exit of agent %s that was asked to end", agent).isZero();
        process = Millrace.agent(drainConfig, folder.resolve("agent.log"), "--until-drained");
        assertThat(exit()).as("exit of agent %s that drains", agent).isZero();
    }

    private int exit() throws InterruptedException {
        if (!running().waitFor(Await.MAX.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError(
                    "agent %s still runs after %s, see %s".formatted(agent, Await.MAX, folder.resolve("agent.log")));
        }
        return running().exitValue();
    }

    private Process running() {
        Process now = process;
        if (now == null) {
            throw new IllegalStateException("agent %s was not started".formatted(agent));
        }
        return now;
    }

    @Override
    public void close() throws IOException {
        producer.close();
        line.close();
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
