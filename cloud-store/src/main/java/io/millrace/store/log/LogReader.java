package io.millrace.store.log;

import org.jspecify.annotations.Nullable;

/** Reads the log once, forward. Not thread-safe. */
public interface LogReader extends AutoCloseable {
    /**
     * The next entry. Where it is committed but not yet visible to readers, waits until it is.
     *
     * @return null if there is none after the last one returned; asking again later may give one
     * @throws LogUnreadableException if what is committed does not become visible within 30 s, or positions have a hole
     */
    @Nullable
    LoggedEntry next() throws InterruptedException;

    @Override
    void close();
}
