package io.millrace.broker;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.millrace.broker.bundle.Bundling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the messages that the broker dropped after it had acknowledged them, per receiver, over all its runs.
 * HiveMQ tells of them only in its event log and in one total, where receipts to slow agents (which do no harm) hide
 * the readings of plain devices (which are lost); so the event log is counted here. A bundle counts for what is in it.
 *
 * <p>The file holds one line for each receiver that lost QoS 1 messages: {@code count SPACE client-id}. It is replaced
 * as a whole at most {@value #DELAY_MILLIS} ms after a change; a kill can lose the counts of that time.
 */
final class DroppedMessages {
    static final long DELAY_MILLIS = 1_000;

    /** Receivers counted by name; what others lose is counted under {@value #OTHERS}. */
    static final int RECEIVERS_MAX = 100;

    static final String OTHERS = "*";

    private static final Logger LOG = LoggerFactory.getLogger(DroppedMessages.class);

    /** Filled by {@link Appender}, which the logging framework creates; hence static. */
    private static final Map<String, LongAdder> COUNTS = new ConcurrentHashMap<>();

    /** Receiver, topic and HiveMQ's reason. */
    private static volatile String last = "";

    private final Path file;
    private Map<String, Long> written;

    /** @throws IOException if an earlier run's file is there and cannot be read */
    DroppedMessages(Path file) throws IOException {
        this.file = file;
        this.written = Files.exists(file) ? read(file) : Map.of();
        written.forEach((receiver, count) -> adder(receiver).add(count));
    }

    /** Writes and logs the counts if they changed. */
    synchronized void flush() {
        Map<String, Long> now = new TreeMap<>();
        COUNTS.forEach((receiver, count) -> now.put(receiver, count.sum()));
        if (now.equals(written)) {
            return;
        }
        long more = total(now) - total(written);
        LOG.warn(
                "Messages dropped after they were acknowledged: dropped={} droppedInAll={} last={}",
                more,
                total(now),
                last);
        try {
            write(now);
            written = now;
        } catch (IOException e) {
            LOG.error("Dropped messages cannot be written, the audit will not see them: file={} error={}", file, e);
        }
    }

    private static long total(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private void write(Map<String, Long> counts) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        String lines = counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey() + "\n")
                .collect(Collectors.joining());
        Files.writeString(next, lines);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Map<String, Long> read(Path file) throws IOException {
        try (var lines = Files.lines(file)) {
            return lines.map(line -> line.split(" ", 2))
                    .collect(Collectors.toMap(part -> part[1], part -> Long.valueOf(part[0])));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException e) {
            throw new IOException(
                    "%s is not a list of 'count client-id'. Move it away to count from zero".formatted(file), e);
        }
    }

    private static LongAdder adder(String receiver) {
        String name = COUNTS.size() < RECEIVERS_MAX || COUNTS.containsKey(receiver) ? receiver : OTHERS;
        return COUNTS.computeIfAbsent(name, _ -> new LongAdder());
    }

    /** Receives HiveMQ's event log of drops: arguments receiver, topic, QoS, reason. Named in logback.xml. */
    public static final class Appender extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            Object[] arguments = event.getArgumentArray();
            if (arguments != null && arguments.length == 4 && Integer.valueOf(1).equals(arguments[2])) {
                last = oneLine("%s %s: %s".formatted(arguments[0], arguments[1], arguments[3]));
                adder(oneLine(String.valueOf(arguments[0]))).add(Bundling.messagesIn(String.valueOf(arguments[1])));
            }
        }

        private static String oneLine(String text) {
            return text.replaceAll("\\p{Cntrl}", "?");
        }
    }
}
