package io.millrace.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The broker as it runs in earnest: a process of its own, with the flags it ships with. */
final class BrokerProcess implements AutoCloseable {
    private static final long EXIT_SECONDS_MAX = 60;

    private final Process process;

    private BrokerProcess(Process process) {
        this.process = process;
    }

    static BrokerProcess start(Path data, int port) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of(
                java,
                "@" + Path.of("src", "main", "jvm", "broker.options"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--data",
                data.toString(),
                "--port",
                Integer.toString(port),
                "--exit-with-parent");
        return new BrokerProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The address it prints once it listens. */
    String awaitReady() throws IOException {
        BufferedReader lines = process.inputReader();
        String line = lines.readLine();
        if (line == null || !line.startsWith("ready ")) {
            throw new IOException("the broker printed '%s', expected 'ready mqtt://…'".formatted(line));
        }
        return line.substring("ready mqtt://".length());
    }

    /**
     * From now on no file of it can become larger than that: for its stores, a disk that is full.
     *
     * @throws IOException if that cannot be done here (it takes Linux, and util-linux)
     */
    void limitFiles(long bytes) throws IOException, InterruptedException {
        Process limit = new ProcessBuilder("prlimit", "--fsize=" + bytes, "--pid", Long.toString(process.pid()))
                .inheritIO()
                .start();
        if (limit.waitFor() != 0) {
            throw new IOException("prlimit ended with exit " + limit.exitValue());
        }
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void terminate() {
        process.destroy();
    }

    /** What happens when {@code up} ends, however it ends. */
    void endParent() throws IOException {
        process.outputWriter().close();
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("the broker still runs after %d s".formatted(EXIT_SECONDS_MAX));
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
