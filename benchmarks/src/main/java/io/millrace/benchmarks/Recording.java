package io.millrace.benchmarks;

import io.millrace.model.EventBatch;
import java.util.List;

/** A stretch of readings, cut into batches as an agent would send them. */
record Recording(String name, List<EventBatch> batches) {
    long events() {
        return batches.stream().mapToLong(EventBatch::size).sum();
    }
}
