package io.millrace.model;

/**
 * One reading. Its site, agent, lane and sequence belong to the batch that carries it ({@link EventBatch}).
 *
 * @param timeMicros when it was measured: microseconds since 1970-01-01T00:00Z, any value; admission judges it
 */
public record Event(Series series, long timeMicros, Value value, Quality quality) {}
