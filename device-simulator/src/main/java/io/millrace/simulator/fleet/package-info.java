/** What is simulated: fleets, their signals and their schedule, as pure functions of a seed. */
@NullMarked
package io.millrace.simulator.fleet;

import org.jspecify.annotations.NullMarked;
