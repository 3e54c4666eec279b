/** Compares what is stored with what the seed says was produced. */
@NullMarked
package io.millrace.simulator.verify;

import org.jspecify.annotations.NullMarked;
