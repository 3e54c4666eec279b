package io.millrace.agent.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** One input. */
public sealed interface InputConfig {
    /** Unique in the agent and the same after a restart: the input's progress is kept under it. */
    String name();

    /** The lane of its events. */
    String lane();

    /**
     * This machine's own figures.
     *
     * @param every time between two readings, 100 ms to 1 h
     * @param perCore whether each core's load is told too
     */
    record Host(String name, String lane, Duration every, String device, boolean perCore) implements InputConfig {}

    /**
     * A file of rows with a time and several metrics each.
     *
     * @param header whether the first row names the columns; else they are called 1, 2, …
     * @param metrics what the columns named here become
     * @param others whether columns named neither here nor in {@code skip} become metrics under their own names
     * @param shiftToNow whether times are moved so that they are of today
     * @param follow whether to wait for more at the file's end
     */
    record Csv(
            String name,
            String lane,
            Path path,
            char delimiter,
            boolean header,
            String device,
            TimeColumn time,
            Map<String, Metric> metrics,
            boolean others,
            Set<String> skip,
            Pace pace,
            boolean shiftToNow,
            boolean follow)
            implements InputConfig {
        public Csv {
            metrics = Map.copyOf(metrics);
            skip = Set.copyOf(skip);
        }
    }

    /**
     * Events that other programs of this machine post.
     *
     * @param listen a loopback address; port 0 means any free one
     * @param agent device of lines that name none
     */
    record Http(String name, String lane, InetSocketAddress listen, String agent) implements InputConfig {
        public Http {
            if (listen.getAddress() == null || !listen.getAddress().isLoopbackAddress()) {
                throw new IllegalArgumentException(
                        "input %s listens on %s, expected a loopback address".formatted(name, listen));
            }
        }
    }

    /**
     * What a column becomes.
     *
     * @param metric empty for the column's own name
     */
    record Metric(String metric, String unit) {
        /** The column under its own name, without a unit. */
        public static final Metric SAME = new Metric("", "");
    }
}
