package io.millrace.simulator.verify;

import io.millrace.simulator.fleet.Fleet;

/** How many events each unit produced. */
@FunctionalInterface
public interface Produced {
    /** Of its events 0, 1, … so many. */
    long events(Fleet fleet, int unit);

    /** How often one of them was sent again, by a fault or for want of an answer. */
    default int repeats(Fleet fleet, int unit, long event) {
        return 0;
    }
}
