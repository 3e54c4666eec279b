/** Reads what a user wants simulated: scenario files, and the ready-made ones. */
@NullMarked
package io.millrace.simulator.scenario;

import org.jspecify.annotations.NullMarked;
