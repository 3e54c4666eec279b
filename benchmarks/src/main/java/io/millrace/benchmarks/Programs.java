package io.millrace.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of others that a benchmark compares with, as they are found on the PATH. */
final class Programs {
    private static final int TRY_SECONDS_MAX = 20;

    private Programs() {}

    static Optional<Path> mosquitto() {
        return named("mosquitto").findFirst();
    }

    /** A python3 that has paho. */
    static Optional<Path> pythonWithPaho() {
        return named("python3")
                .filter(python -> succeeds(List.of(python.toString(), "-c", "import paho.mqtt.client")))
                .findFirst();
    }

    private static Stream<Path> named(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable);
    }

    private static boolean succeeds(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(TRY_SECONDS_MAX, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
