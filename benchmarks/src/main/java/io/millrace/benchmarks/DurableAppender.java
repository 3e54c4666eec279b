package io.millrace.benchmarks;

import io.millrace.model.Event;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Something that takes events in and has them on the disk at most {@link #SYNC} later. One thread owns it. */
interface DurableAppender extends AutoCloseable {
    Duration SYNC = Duration.ofMillis(500);

    /** Bytes that are collected before a write. */
    int BUFFER_BYTES = 64 * 1024;

    void append(List<Event> events) throws IOException, SQLException;

    /** Returns once all of it is on the disk. */
    @Override
    void close() throws IOException, SQLException;
}
