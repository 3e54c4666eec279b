package io.millrace.store.questdb;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second whether QuestDB has given up applying what is committed to a table (a full disk, say), and makes
 * it try again from the same transaction: nothing is skipped.
 */
public final class SuspensionWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SuspensionWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final QuestDbTables tables;
    private final Thread thread;
    private final Set<String> suspended = new HashSet<>();
    private boolean closed;

    public SuspensionWatch(QuestDbTables tables) {
        this.tables = tables;
        this.thread = Thread.ofVirtual().name("suspension-watch").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(EVERY);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void look() {
        if (closed) {
            return;
        }
        try {
            List<String> now = tables.resumeSuspended();
            now.stream()
                    .filter(suspended::add)
                    .forEach(table -> log.warn("Table is suspended and is resumed without skipping: table={}", table));
            suspended.retainAll(now);
        } catch (RuntimeException | Error e) { // a full disk is an error of the database
            log.warn("Suspended tables cannot be resumed, tried again in a second", e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        thread.interrupt();
    }
}
