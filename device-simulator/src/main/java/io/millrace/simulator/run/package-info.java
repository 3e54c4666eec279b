/** Plays fleets against a broker, as fast as the schedule says and not as fast as answers come. */
@NullMarked
package io.millrace.simulator.run;

import org.jspecify.annotations.NullMarked;
