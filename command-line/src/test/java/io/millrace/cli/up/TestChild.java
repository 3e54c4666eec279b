package io.millrace.cli.up;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A child process for tests: says hello and runs until its standard input ends or SIGTERM comes. */
final class TestChild {
    private TestChild() {}

    public static void main(String[] args) throws IOException {
        System.out.println("hello from " + ProcessHandle.current().pid());
        while (System.in.read() >= 0) {
            // Held open by the parent.
        }
    }

    static List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TestChild.class.getName());
    }
}
