package io.millrace.gateway.mqtt;

import io.millrace.store.log.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Readings of plain devices that our broker acknowledged and then dropped, because the gateway was away for longer than
 * its queue lasts. The broker counts them per receiver in a file; the difference goes into the log with each tick, so
 * that the ledger explains them. A broker of somebody else has no such file, and then nothing is known.
 */
public final class BrokerDrops {
    private static final Logger LOG = Logger.getLogger(BrokerDrops.class);

    /** Both of our sessions that get them. */
    private static final List<String> RECEIVERS = List.of("millrace-gateway-plain", "millrace-gateway-plain-bundles");

    private final Path file;
    private final Supplier<OptionalLong> inLedger;
    private long logged = -1;
    private boolean told;

    /**
     * @param file lines of {@code count SPACE client-id}
     * @param inLedger what the ledger has of them so far; empty while it does not follow the log yet
     */
    public BrokerDrops(Path file, Supplier<OptionalLong> inLedger) {
        this.file = file;
        this.inLedger = inLedger;
    }

    /** How many more there are since the last call, at most {@value LogEntry#COUNT_MAX}; the rest comes next time. */
    public int more() {
        if (logged < 0) {
            OptionalLong known = inLedger.get();
            if (known.isEmpty()) {
                return 0;
            }
            logged = known.getAsLong();
        }
        int more = Math.clamp(count() - logged, 0, LogEntry.COUNT_MAX);
        logged += more;
        return more;
    }

    private long count() {
        try (var lines = Files.lines(file)) {
            return lines.map(line -> line.split(" ", 2))
                    .filter(part -> RECEIVERS.contains(part[1]))
                    .mapToLong(part -> Long.parseLong(part[0]))
                    .sum();
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException | RuntimeException e) {
            if (!told) {
                LOG.warnf(
                        "What the broker dropped cannot be read, the audit will not show it: file=%s cause=%s",
                        file, e);
                told = true;
            }
            return 0;
        }
    }
}
