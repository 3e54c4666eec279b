/** Measures what the design promises, on this machine, and says whether it holds. */
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
