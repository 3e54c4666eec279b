package io.millrace.agent.spool;

import io.millrace.model.Interval;
import java.util.List;

/**
 * One epoch of a lane at one instant.
 *
 * @param produced highest sequence given out that survives a kill of the process
 * @param held of these, what no receipt has settled
 */
public record EpochState(long epoch, long produced, List<Interval> held) {}
