/** Simulates fleets of devices and agents, and proves what became of their events. */
@NullMarked
package io.millrace.simulator;

import org.jspecify.annotations.NullMarked;
