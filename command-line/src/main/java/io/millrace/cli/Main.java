package io.millrace.cli;

import java.nio.file.Path;
import java.time.Clock;

/** The process behind {@code ./millrace}, except for the agent and the benchmarks, which are processes of their own. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Path home = Path.of(System.getProperty("millrace.home", "")).toAbsolutePath();
        var commands = new Commands(home, System::nanoTime);
        System.exit(CommandLines.execute(commands, Clock.systemUTC().instant(), System.err, args));
    }
}
