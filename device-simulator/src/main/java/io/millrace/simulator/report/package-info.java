/** Tells what came of a run. */
@NullMarked
package io.millrace.simulator.report;

import org.jspecify.annotations.NullMarked;
