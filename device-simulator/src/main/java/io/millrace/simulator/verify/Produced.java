package io.millrace.simulator.verify;

import io.millrace.simulator.fleet.Fleet;

/** How many events each unit produced. */
@FunctionalInterface
public interface Produced {
    /** Of its events 0, 1, … so many. */
    long events(Fleet fleet, int unit);
}
